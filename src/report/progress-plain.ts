import type { Progress } from '../core/progress.ts';
import { type Span, seconds } from '../core/time.ts';
import { showSpan } from '../core/units.ts';
import { onOneLine } from './printable.ts';
import {
  type Beat,
  ProgressState,
  type ProgressStream,
  type ShownProgress,
  wholeSeconds,
} from './progress-state.ts';

/** How often a line tells where the run is, off a terminal. */
const EVERY = seconds(10);

/**
 * Progress for logs: a line when a phase ended or something is worth noting, and every ten seconds
 * where the run is, so that a CI log shows what a run that hangs was waiting for. No escapes.
 */
export function plainProgress(stream: ProgressStream, beat: Beat): Progress & ShownProgress {
  const state = new ProgressState(beat);
  let stop: (() => void) | undefined;
  const line = (text: string): void => {
    stream.write(`[${wholeSeconds(state.elapsed).padStart(8)}] ${text}\n`);
  };
  const tick = (): void => {
    const parts = [
      state.phases.join(' › '),
      state.waiting === undefined ? '' : `waiting for ${state.waiting}`,
      state.status ?? '',
    ].filter((part) => part !== '');
    if (parts.length > 0) line(parts.join(' · '));
  };
  return {
    phase(name: string, limit: Span) {
      state.begin(name, limit);
      stop ??= beat.every(EVERY, tick);
    },
    phaseEnded(name) {
      const took = state.finish(name);
      if (took !== undefined) line(`${onOneLine(name)} took ${showSpan(took)}`);
    },
    waiting: (what, seen) => state.wait(what, seen),
    status: (text) => state.report(text),
    note: (text) => line(onOneLine(text)),
    end() {
      stop?.();
      stop = undefined;
      for (const open of state.phases) line(`${open}: broke off`);
      state.reset();
    },
  };
}
