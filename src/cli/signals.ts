import { EXIT, HighwaterError } from '../core/errors.ts';

const SAME_PRESS_MS = 400;

/** What is said when a signal was heard. */
export interface SignalWords {
  readonly interrupted: string;
  readonly terminated: string;
}

const OF_A_RUN: SignalWords = {
  interrupted:
    'interrupted: ending the load, judging what there is, cleaning up (Ctrl-C again leaves at once)',
  terminated: 'terminated: cleaning up',
};

/**
 * Ctrl-C once ends the load, judges what there is, cleans up and reports; twice leaves at once and
 * says how to sweep. SIGTERM gives everything back without judging more than there is.
 */
export function listenToSignals(
  tell: (line: string) => void,
  words: SignalWords = OF_A_RUN,
): {
  readonly signal: AbortSignal;
  readonly interrupt: AbortSignal;
  stop(): void;
} {
  const hard = new AbortController();
  const soft = new AbortController();
  let heardAt: number | undefined;
  const onInterrupt = (): void => {
    // A terminal signals the whole group and npm passes its own on: one key press can be heard
    // twice.
    if (heardAt !== undefined && performance.now() - heardAt < SAME_PRESS_MS) return;
    heardAt = performance.now();
    if (soft.signal.aborted) {
      tell('left at once; run `npx highwater sweep` to give back what this run still holds');
      process.exit(EXIT.interrupted);
    }
    tell(words.interrupted);
    soft.abort(new HighwaterError('INTERRUPTED', 'interrupted by Ctrl-C'));
  };
  const onTerminate = (): void => {
    if (hard.signal.aborted) process.exit(EXIT.interrupted);
    tell(words.terminated);
    soft.abort(new HighwaterError('INTERRUPTED', 'terminated by SIGTERM'));
    hard.abort(new HighwaterError('INTERRUPTED', 'terminated by SIGTERM'));
  };
  process.on('SIGINT', onInterrupt);
  process.on('SIGTERM', onTerminate);
  return {
    signal: hard.signal,
    interrupt: soft.signal,
    stop: () => {
      process.off('SIGINT', onInterrupt);
      process.off('SIGTERM', onTerminate);
    },
  };
}
