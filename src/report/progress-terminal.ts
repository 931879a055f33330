import type { Progress } from '../core/progress.ts';
import { ms, type Span } from '../core/time.ts';
import { showSpan } from '../core/units.ts';
import type { Paint } from './colours.ts';
import { columnsIn, cutTo } from './columns.ts';
import { onOneLine } from './printable.ts';
import {
  type Beat,
  ProgressState,
  type ProgressStream,
  type ShownProgress,
  wholeSeconds,
} from './progress-state.ts';

/** How often the block is drawn anew when something in it has changed. */
const EVERY = ms(250);

/** Where it is drawn, and how. */
export interface TerminalOptions {
  readonly stream: ProgressStream;
  readonly beat: Beat;
  readonly paint: Paint;
}

/**
 * Progress for people: what has happened scrolls up as a log (phases with their times, notes), and
 * below it a block of a few lines is drawn in place: open phases with elapsed and limit, what is
 * waited for and its last look, the status line. `end` takes the block away and leaves the log.
 *
 * Every line of the block is cut to the terminal's width, so that it takes one row; if the terminal
 * was made narrower since, the rows that its lines take now are what is erased.
 */
export function terminalProgress({
  stream,
  beat,
  paint,
}: TerminalOptions): Progress & ShownProgress {
  const state = new ProgressState(beat);
  const block = new LiveBlock(stream);
  let stop: (() => void) | undefined;
  const draw = (log: readonly string[] = []): void => block.draw(log, blockOf(state, paint));
  const note = (text: string): string =>
    `${paint.faint(wholeSeconds(state.elapsed).padStart(8))}  ${text}`;
  return {
    phase(name: string, limit: Span) {
      state.begin(name, limit);
      stop ??= beat.every(EVERY, draw);
      draw();
    },
    phaseEnded(name) {
      const took = state.finish(name);
      if (took === undefined) return;
      draw([note(`${onOneLine(name).padEnd(10)} ${paint.faint(showSpan(took))}`)]);
    },
    waiting: (what, seen) => state.wait(what, seen),
    status: (text) => state.report(text),
    note: (text) => draw([note(onOneLine(text))]),
    end() {
      stop?.();
      stop = undefined;
      block.draw(
        state.phases.map((open) => note(`${open}: broke off`)),
        [],
      );
      state.reset();
    },
  };
}

/** A line of the block: what it says, and how it is painted once it has been cut. */
interface BlockLine {
  readonly text: string;
  readonly paint: (text: string) => string;
}

function blockOf(state: ProgressState, paint: Paint): readonly BlockLine[] {
  return [
    ...state.phases.map((text) => ({ text: `▸ ${text}`, paint: paint.strong })),
    ...(state.waiting === undefined
      ? []
      : [{ text: `  waiting for ${state.waiting}`, paint: (text: string) => text }]),
    ...(state.status === undefined ? [] : [{ text: `  ${state.status}`, paint: paint.faint }]),
  ];
}

/** The lines at the end of the terminal that are drawn again and again. */
class LiveBlock {
  readonly #stream: ProgressStream;
  /** Columns of each line as drawn. */
  #drawn: readonly number[] = [];
  #shown = '';

  constructor(stream: ProgressStream) {
    this.#stream = stream;
  }

  /** Puts lines of the log above the block, and the block in its new form below; one write. */
  draw(log: readonly string[], lines: readonly BlockLine[]): void {
    // One column is left free: a terminal wraps when the last one is filled.
    const columns = Math.max(1, (this.#stream.columns || 80) - 1);
    const rows = Math.max(1, (this.#stream.rows || 24) - 1);
    const cut = lines.slice(0, rows).map(({ text, paint }) => {
      const kept = cutTo(text, columns);
      return { width: columnsIn(kept), painted: paint(kept) };
    });
    const shown = cut.map(({ painted }) => `${painted}\n`).join('');
    if (log.length === 0 && shown === this.#shown) return;
    const erase = this.#erase();
    this.#drawn = cut.map(({ width }) => width);
    this.#shown = shown;
    this.#stream.write(erase + log.map((line) => `${line}\n`).join('') + shown);
  }

  #erase(): string {
    if (this.#drawn.length === 0) return '';
    const columns = Math.max(1, this.#stream.columns || 80);
    const rows = this.#drawn.reduce(
      (sum, width) => sum + Math.max(1, Math.ceil(width / columns)),
      0,
    );
    return `\u001b[${rows}A\r\u001b[J`;
  }
}
