import { existsSync } from 'node:fs';
import { HighwaterError } from '../core/errors.ts';
import { ms, type Span } from '../core/time.ts';

/** How often the file is looked for: an interrupt must be felt at once, and the look is cheap. */
const EVERY: Span = ms(200);

/** The wish of a person or of CI that runs should end, as it reaches a worker. */
export interface WorkerSignals {
  /** Aborts once the wish is known. */
  readonly interrupt: AbortSignal;
  stop(): void;
}

/**
 * Listens for Ctrl-C in a worker. A terminal signals the whole process group, and a worker would
 * die of that; main also makes a file, for workers that got no signal or start later.
 */
export function listenInWorker(interruptFile: string): WorkerSignals {
  const controller = new AbortController();
  const onInterrupt = (): void => {
    if (!controller.signal.aborted) {
      controller.abort(new HighwaterError('INTERRUPTED', 'interrupted by Ctrl-C'));
    }
  };
  const look = (): void => {
    if (existsSync(interruptFile)) onInterrupt();
  };
  look();
  const timer = setInterval(look, EVERY);
  timer.unref();
  process.on('SIGINT', onInterrupt);
  return {
    interrupt: controller.signal,
    stop() {
      clearInterval(timer);
      process.off('SIGINT', onInterrupt);
    },
  };
}
