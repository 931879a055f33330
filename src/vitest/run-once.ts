import { HighwaterError } from '../core/errors.ts';
import { ms, type Span } from '../core/time.ts';
import { showSpan } from '../core/units.ts';
import type { Conducted } from '../scenario/conduct.ts';

/** What became of a scenario's one run; its tests report it. */
export type Ran =
  | {
      readonly kind: 'judged';
      readonly conducted: Conducted;
      /** That the run was aborted by us; the record knows only that it was interrupted. */
      readonly note: string | null;
    }
  | { readonly kind: 'failed'; readonly error: unknown };

/** How a scenario is run. */
export interface RunOnce {
  /** The sum of the plan's budgets: a run that takes longer is aborted. */
  readonly limit: Span;
  /** How long an aborted run may take to give everything back. */
  readonly grace: Span;
  readonly interrupt: AbortSignal;
  conduct(signals: {
    readonly signal: AbortSignal;
    readonly interrupt: AbortSignal;
  }): Promise<Conducted>;
}

/**
 * Runs a scenario and keeps the result or the error. It never throws and always ends in time:
 * vitest shows the tests of a `beforeAll` that throws, or that is timed out, as skipped.
 */
export async function runOnce({ limit, grace, interrupt, conduct }: RunOnce): Promise<Ran> {
  if (interrupt.aborted) {
    return { kind: 'failed', error: new HighwaterError('INTERRUPTED', 'not run: interrupted') };
  }
  const tooLong = new HighwaterError(
    'WAIT_TIMEOUT',
    `the run was not over after ${showSpan(limit)}, the sum of its budgets, and was aborted`,
  );
  const hard = new AbortController();
  const abort = setTimeout(() => hard.abort(tooLong), limit);
  let giveUp: NodeJS.Timeout | undefined;
  const stuck = new Promise<Ran>((resolve) => {
    giveUp = setTimeout(
      () =>
        resolve({
          kind: 'failed',
          error: new HighwaterError(
            'WAIT_TIMEOUT',
            `${tooLong.message}; it had not cleaned up ${showSpan(grace)} later`,
            { hint: 'run `npx highwater sweep` to give back what it still holds' },
          ),
        }),
      ms(limit + grace),
    );
  });
  const run = async (): Promise<Ran> => {
    try {
      const conducted = await conduct({ signal: hard.signal, interrupt });
      return { kind: 'judged', conducted, note: hard.signal.aborted ? tooLong.message : null };
    } catch (error) {
      return { kind: 'failed', error };
    }
  };
  try {
    return await Promise.race([run(), stuck]);
  } finally {
    clearTimeout(abort);
    clearTimeout(giveUp);
  }
}
