import { StringDecoder } from 'node:string_decoder';

/** Keeps the first and the last part of a stream of any length, and cuts it into lines. */
export class OutputTail {
  readonly #half: number;
  readonly #onLine: ((line: string) => void) | undefined;
  readonly #decoder = new StringDecoder('utf8');
  #head = '';
  #tail = '';
  #line = '';
  #dropped = 0;

  constructor(half: number, onLine?: (line: string) => void) {
    this.#half = half;
    this.#onLine = onLine;
  }

  add(chunk: Buffer): void {
    this.#take(this.#decoder.write(chunk));
  }

  /** Something was not kept; certain only once `text` was called. */
  get truncated(): boolean {
    return this.#dropped > 0;
  }

  /** What was kept, with a mark where something is missing. Ends the stream. */
  text(): string {
    this.#take(this.#decoder.end());
    this.#cut();
    if (this.#line !== '') this.#onLine?.(this.#line);
    this.#line = '';
    if (this.#dropped === 0) return this.#head + this.#tail;
    return `${this.#head}\n[… ${this.#dropped} characters left out …]\n${this.#tail}`;
  }

  #take(text: string): void {
    const room = this.#half - this.#head.length;
    if (room > 0) this.#head += text.slice(0, room);
    if (text.length > room) this.#tail += text.slice(Math.max(0, room));
    // Cut late, so that many small chunks do not copy the tail each time.
    if (this.#tail.length > 2 * this.#half) this.#cut();
    if (this.#onLine !== undefined) this.#tellLines(text, this.#onLine);
  }

  #cut(): void {
    const over = this.#tail.length - this.#half;
    if (over <= 0) return;
    this.#tail = this.#tail.slice(over);
    this.#dropped += over;
  }

  #tellLines(text: string, onLine: (line: string) => void): void {
    const lines = (this.#line + text).split('\n');
    this.#line = lines.pop() ?? '';
    for (const line of lines) onLine(line.replace(/\r$/, ''));
  }
}
