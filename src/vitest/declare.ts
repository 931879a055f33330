import { beforeAll, describe, test } from 'vitest';
import { ms, type Span, seconds } from '../core/time.ts';
import type { Conducted } from '../scenario/conduct.ts';
import type { Promised } from '../scenario/promises.ts';
import type { Scenario } from '../scenario/suite/scenario.ts';
import { reportPromise } from './report-promise.ts';
import { type Ran, type RunOnce, runOnce } from './run-once.ts';

/** How scenarios are planned and run; the composition root's way, or a test's. */
export interface Conductor {
  /** What will be judged and how long it may take; throws what the plan is refused with. */
  plan(scenario: Scenario, suite: string): Promise<Foreseen>;
  conduct(
    scenario: Scenario,
    suite: string,
    signals: Parameters<RunOnce['conduct']>[0],
  ): Promise<Conducted>;
  /** Aborts when a person or CI wants runs to end. */
  readonly interrupt: AbortSignal;
}

/** What is known of a run before it starts. */
export interface Foreseen {
  readonly promises: readonly Promised[];
  readonly limit: Span;
  readonly grace: Span;
}

/** Between our own limit and vitest's, so that ours always comes first. */
const MARGIN = seconds(30);

// The skin's own word; a config that says otherwise is refused before.
const ONCE = { retry: 0, repeats: 0, concurrent: false } as const;

/**
 * Makes vitest's tests of a scenario: a `describe`, its one run the `beforeAll`, and each promise,
 * of the suite's and the standing ones, one `test`. A scenario that cannot be planned is one failed
 * test.
 */
export function declareScenario(scenario: Scenario, suite: string, conductor: Conductor): void {
  // oxlint-disable-next-line vitest/valid-title -- the title is what the suite says
  describe(scenario.name, { concurrent: false, shuffle: false }, async () => {
    let ran: Ran | undefined;
    let foreseen: Foreseen;
    try {
      foreseen = await conductor.plan(scenario, suite);
    } catch (error) {
      test('the scenario can be planned here', ONCE, () =>
        reportPromise({ kind: 'failed', error }, { claim: '', statement: '', standing: true }, 0),
      );
      return;
    }
    const { promises, limit, grace } = foreseen;
    beforeAll(
      async () => {
        ran = await runOnce({
          limit,
          grace,
          interrupt: conductor.interrupt,
          conduct: (signals) => conductor.conduct(scenario, suite, signals),
        });
      },
      ms(limit + grace + MARGIN),
    );
    promises.forEach((promised, at) => {
      test(`${promised.claim}: ${promised.statement}`, ONCE, () =>
        reportPromise(ran, promised, at),
      );
    });
  });
}
