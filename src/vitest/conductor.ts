import { randomBytes } from 'node:crypto';
import { ms, seconds } from '../core/time.ts';
import { composition, environmentNamed, sweepDead } from '../registry.ts';
import { progressFor } from '../report/progress.ts';
import { shownPath } from '../report/shown-path.ts';
import { OUTCOME_WORDS, summarise } from '../report/words.ts';
import { writeReports } from '../report/write-reports.ts';
import { conduct, planOrThrow } from '../scenario/conduct.ts';
import { promisesOf } from '../scenario/promises.ts';
import type { Conductor } from './declare.ts';
import type { Handed } from './options.ts';

/** What the cleanup of an aborted run may take beyond its own budget, for judging and reports. */
const SLACK = seconds(60);

/** Plans and runs scenarios with everything that the composition root has. */
export function realConductor(handed: Handed, interrupt: AbortSignal): Conductor {
  const { profile, out } = handed;
  const seed = handed.seed ?? randomBytes(4).toString('hex');
  const control = false;
  return {
    interrupt,
    plan: (scenario, suite) =>
      inEnvironment(handed.environment, async (environment) => {
        const about = { environment, seed, profile, control, suite };
        const planned = planOrThrow(scenario, composition, about);
        const { budgetsMs } = planned.plan;
        return {
          promises: promisesOf(planned, composition),
          limit: ms(Object.values(budgetsMs).reduce((sum, budget) => sum + budget, 0)),
          grace: ms(budgetsMs.close + SLACK),
        };
      }),
    conduct: (scenario, suite, { signal, interrupt: soft }) =>
      inEnvironment(handed.environment, async (environment) => {
        const { stderr } = process;
        const progress = progressFor(stderr);
        try {
          for (const line of await sweepDead({ dryRun: false })) progress.note(line);
          const about = { environment, seed, profile, control, suite, out };
          const signals = { signal, interrupt: soft };
          const conducted = await conduct(scenario, composition, {
            ...about,
            ...signals,
            progress,
          });
          const { directory, record, result } = conducted;
          const { troubles } = writeReports(directory, record, result);
          progress.end();
          stderr.write(
            `highwater: ${OUTCOME_WORDS[result.outcome].word}, ${summarise(result.verdicts)}; ` +
              `see ${shownPath(directory)}/report.html\n`,
          );
          for (const trouble of troubles) stderr.write(`highwater: ${trouble}\n`);
          return conducted;
        } finally {
          progress.end();
        }
      }),
  };
}

type Environment = ReturnType<typeof environmentNamed>;

async function inEnvironment<T>(
  name: string,
  body: (environment: Environment) => Promise<T>,
): Promise<T> {
  const environment = environmentNamed(name, {});
  try {
    return await body(environment);
  } finally {
    await environment[Symbol.asyncDispose]();
  }
}
