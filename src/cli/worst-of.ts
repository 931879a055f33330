import { EXIT, type ExitCode } from '../core/errors.ts';

/**
 * Of many scenarios the exit is 130, then 70, then 1, 2, 3, 4, whichever is there first. Nothing
 * run is inconclusive.
 */
export function worstOf(exits: readonly ExitCode[]): ExitCode {
  const order = [
    EXIT.interrupted,
    EXIT.bug,
    EXIT.broken,
    EXIT.inconclusive,
    EXIT.notReady,
    EXIT.refused,
  ];
  if (exits.length === 0) return EXIT.inconclusive;
  return order.find((code) => exits.includes(code)) ?? EXIT.holds;
}
