import { EXIT, isHighwaterError, messageOf } from '../core/errors.ts';
import { printable } from '../report/printable.ts';
import { quoted, shownPath } from '../report/shown-path.ts';
import {
  capped,
  meaningOfExit,
  OUTCOME_WORDS,
  showMeasurement,
  summarise,
  witnessesOf,
} from '../report/words.ts';
import type { Conducted } from '../scenario/conduct.ts';
import type { Promised } from '../scenario/promises.ts';
import type { Ran } from './run-once.ts';

const WITNESSES = 10;

type Verdict = Conducted['result']['verdicts'][number];

/** A test's failure: the verdict is the message, and no line of this code base is to blame. */
class PromiseError extends Error {
  constructor(name: string, text: string) {
    super(printable(text));
    this.name = name;
    // A stack would make vitest show the source of the skin instead of what is wrong.
    this.stack = `${name}: ${this.message}`;
  }
}

/**
 * The body of one test: returns when the promise was kept, and throws for everything else. `at` is
 * the place of the promise among the run's verdicts.
 */
export function reportPromise(ran: Ran | undefined, promised: Promised, at: number): void {
  if (ran === undefined) throw new PromiseError('INCONCLUSIVE', 'the scenario was not run');
  if (ran.kind === 'failed') throw failureOf(ran.error);
  const { result } = ran.conducted;
  const verdict = result.verdicts[at];
  if (verdict?.claim !== promised.claim || verdict.statement !== promised.statement) {
    throw withRun(ran, 'INCONCLUSIVE', `${promised.claim}: the run has no verdict of this claim`);
  }
  if (verdict.outcome !== 'pass') {
    throw withRun(ran, OUTCOME_WORDS[verdict.outcome].word, verdictText(verdict));
  }
  // All promises kept and yet not a pass: then none of them can be trusted.
  if (result.exit !== 0 && result.verdicts.every(({ outcome }) => outcome === 'pass')) {
    const why = [`exit ${result.exit}, ${meaningOfExit(result.exit)}`, ...result.troubles];
    throw withRun(ran, 'INCONCLUSIVE', `${summarise(result.verdicts)}, but: ${why.join('; ')}`);
  }
}

function verdictText(verdict: Verdict): string {
  const { shown, more } = capped(witnessesOf(verdict), WITNESSES);
  return [
    `${verdict.claim}: ${verdict.statement}`,
    verdict.because,
    ...verdict.measured.map((each) => `  ${showMeasurement(each)}`),
    ...shown.map(({ code, where, text }) => `  - ${code} ${where}: ${text}`),
    ...(more > 0 ? [`  … and ${more} more in verdict.json`] : []),
  ].join('\n');
}

function withRun(ran: Ran & { kind: 'judged' }, name: string, text: string): PromiseError {
  const { directory, result } = ran.conducted;
  const path = shownPath(directory);
  const notes = [...new Set([...(ran.note === null ? [] : [ran.note]), ...result.troubles])];
  return new PromiseError(
    name,
    [
      text,
      ...notes.map((note) => `trouble: ${note}`),
      `report: ${path}/report.html`,
      `again:  npx highwater analyze ${quoted(path)}`,
    ].join('\n'),
  );
}

/** A run that did not come to a verdict: refused, not ready, interrupted, or a bug. */
function failureOf(error: unknown): Error {
  if (!isHighwaterError(error)) {
    return error instanceof Error ? error : new Error(messageOf(error), { cause: error });
  }
  return new PromiseError(
    error.exit === EXIT.refused ? 'REFUSED' : 'INCONCLUSIVE',
    [error.message, ...(error.hint === undefined ? [] : [`hint: ${error.hint}`])].join('\n'),
  );
}
