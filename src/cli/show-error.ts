import { isHighwaterError, messageOf } from '../core/errors.ts';

/** An error as a person reads it: one line a problem, then what to do. */
export function showError(thrown: unknown): string {
  if (!isHighwaterError(thrown)) return `highwater: ${messageOf(thrown)} (a bug in highwater)\n`;
  const problems = thrown.facts['problems'];
  const lines = Array.isArray(problems)
    ? [
        `${thrown.message.split(':', 1)[0]}:`,
        ...problems.map((problem) => `  - ${String(problem)}`),
      ]
    : [thrown.message];
  return `highwater: ${lines.join('\n')}\n${thrown.hint === undefined ? '' : `  hint: ${thrown.hint}\n`}`;
}
