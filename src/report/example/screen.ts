import type { Span } from '../../core/time.ts';
import type { Beat } from '../progress-state.ts';

/** A beat that a test moves by hand. */
export interface HandBeat extends Beat {
  /** Lets time pass, with every beat that falls into it. */
  pass(span: Span): void;
  /** How many beats are still wanted. */
  readonly running: number;
}

/** Makes a beat on which time passes only when told. */
export function handBeat(): HandBeat {
  let now = 1_000;
  const beats = new Set<{ period: number; due: number; call: () => void }>();
  return {
    now: () => now,
    every(period, call) {
      const beat = { period, due: now + period, call };
      beats.add(beat);
      return () => beats.delete(beat);
    },
    pass(span) {
      const until = now + span;
      for (;;) {
        const next = [...beats].sort((one, other) => one.due - other.due)[0];
        if (next === undefined || next.due > until) break;
        now = next.due;
        next.due += next.period;
        next.call();
      }
      now = until;
    },
    get running() {
      return beats.size;
    },
  };
}

/**
 * As much of a terminal as the progress block uses: text, line feeds, wrapping, cursor up, erase to
 * the end. Anything else throws, so that nothing goes unnoticed.
 */
export class Screen {
  readonly isTTY = true;
  columns: number;
  rows = 24;
  writes = 0;
  #lines: string[] = [''];
  #row = 0;

  constructor(columns: number) {
    this.columns = columns;
  }

  write(text: string): void {
    this.writes += 1;
    for (const [part] of text.matchAll(/\u001b\[\d*[A-Za-z]|[^\u001b]/gu)) this.#put(part);
  }

  /** The lines that are to be seen, without the empty ones at the end. */
  get text(): string {
    return this.#lines.join('\n').trimEnd();
  }

  /** What terminals that reflow do when they are made narrower: long lines take more rows. */
  narrow(columns: number): void {
    this.columns = columns;
    const all = this.#lines.flatMap(
      (line) => line.match(new RegExp(`.{1,${columns}}`, 'gu')) ?? [''],
    );
    this.#row += all.length - this.#lines.length;
    this.#lines = all;
  }

  #put(part: string): void {
    const up = /^\u001b\[(\d+)A$/u.exec(part);
    if (up !== null) this.#row -= Number(up[1]);
    else if (part === '\u001b[J') this.#lines.splice(this.#row, Number.POSITIVE_INFINITY, '');
    else if (part === '\n') {
      this.#row += 1;
      if (this.#row === this.#lines.length) this.#lines.push('');
    } else if (part.startsWith('\u001b')) throw new Error(`unexpected ${JSON.stringify(part)}`);
    else if (part !== '\r') this.#type(part);
    if (this.#row < 0) throw new Error('the cursor left the screen');
  }

  #type(character: string): void {
    if ((this.#lines[this.#row] as string).length >= this.columns) {
      this.#row += 1;
      this.#lines.push('');
    }
    this.#lines[this.#row] += character;
  }
}
