import { PassThrough, Writable } from 'node:stream';
import type { Clock } from '../../../core/clock.ts';
import { after, type Instant, seconds } from '../../../core/time.ts';
import type { Channel } from '../inner-shell.ts';

/**
 * A network namespace with a shell that knows two commands: `nft -f -`, of which it does what our
 * texts need and as the kernel does it, time-outs and transactions included, and `ss`.
 */
export class FakeNetwork {
  /** What ss says. */
  sockets = '';
  /**
   * How the next commands are answered: not at all, by a failure, or by the shell's end, when they
   * were done and nobody is told.
   */
  mood: 'well' | 'mute' | 'failing' | 'dying' = 'well';
  /** Shells that were opened, and those of them that were ended. */
  opened = 0;
  ended = 0;
  /** What nft was told, text by text. */
  readonly told: string[] = [];
  readonly #clock: Clock;
  readonly #channels = new Set<PassThrough>();
  /** Element, with its set, to when it goes; null before there is a table. */
  #elements: Map<string, Instant> | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** What is held back now: `from_peer 10.0.0.1`. */
  held(): readonly string[] {
    return [...this.#live(this.#elements ?? new Map()).keys()].sort();
  }

  readonly shell = async (): Promise<Channel> => {
    this.opened += 1;
    const output = new PassThrough();
    this.#channels.add(output);
    const input = new Writable({
      decodeStrings: false,
      write: (question: string, _, done) => {
        this.#answer(question, output);
        done();
      },
    });
    return {
      input,
      output,
      end: () => {
        if (this.#channels.delete(output)) this.ended += 1;
        output.destroy();
      },
    };
  };

  /** Shells end, and more can be opened. */
  dropShells(): void {
    for (const output of this.#channels) output.end();
  }

  #answer(question: string, output: PassThrough): void {
    const [, line = '', mark = ''] =
      /^([\s\S]*)\nprintf '\\n%s\\n(--highwater-\d+--)\\n' \$\?\n$/.exec(question) ?? [];
    const [, nft] = /^nft -f - <<'(?:\w+)'\n([\s\S]*)\n\w+$/.exec(line) ?? [];
    if (this.mood === 'mute') return;
    const [said, code] =
      this.mood === 'failing'
        ? ['no such thing', 1]
        : nft === undefined
          ? [this.sockets, 0]
          : this.#filter(nft);
    if (this.mood === 'dying') output.end();
    else output.write(`${said}\n${code}\n${mark}\n`);
  }

  #filter(text: string): [said: string, code: number] {
    this.told.push(text);
    let elements = this.#elements === null ? null : this.#live(this.#elements);
    for (const line of text.split('\n')) {
      const [, verb, set, element, lasts] =
        /^(add|delete) element inet highwater (\w+) \{ (\S+)(?: timeout (\d+)s)? \}$/.exec(line) ??
        [];
      if (line === 'delete table inet highwater') elements = null;
      else if (line.startsWith('table inet highwater')) elements ??= new Map();
      if (verb === undefined) continue;
      const key = `${set} ${element}`;
      if (elements === null) return ['no such table', 1];
      if (verb === 'delete' && !elements.delete(key)) return ['no such element', 1];
      // An element that is there is not renewed by adding it.
      if (verb === 'add' && !elements.has(key)) {
        elements.set(key, after(this.#clock.now(), seconds(Number(lasts))));
      }
    }
    this.#elements = elements;
    return ['', 0];
  }

  #live(elements: ReadonlyMap<string, Instant>): Map<string, Instant> {
    return new Map([...elements].filter(([, goes]) => goes > this.#clock.now()));
  }
}
