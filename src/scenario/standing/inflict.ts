import { HighwaterError } from '../../core/errors.ts';
import { rngOf } from '../../core/rng.ts';
import type { EventBody } from '../../record/events.ts';
import type { FaultStep } from '../../record/plan.ts';
import type { Recorder } from '../../record/recorder.ts';
import type { Catalog } from '../plan/catalog.ts';
import { stepProblems } from '../plan/plan-timeline.ts';
import { playFault } from '../run/play-fault.ts';
import type { Standing } from './standing.ts';

/** What a fault came to: whether each of its acts was seen to take. */
export interface Inflicted {
  readonly took: boolean;
}

/**
 * Does one fault to a standing system: engage, confirm, hold, heal, confirm, exactly as a run does
 * it. Aborting the signal cuts the hold short and heals. Throws, with nothing done, when the fault
 * cannot be done here.
 */
export async function inflict(
  step: FaultStep,
  on: { readonly standing: Standing; readonly catalog: Catalog },
  { tell, signal }: { readonly tell: (line: string) => void; readonly signal: AbortSignal },
): Promise<Inflicted> {
  const { standing, catalog } = on;
  refuse(problemsOf(step, standing, catalog), step);
  const { stage, input, sut, book } = standing;
  const { parts, planned } = input;
  const scope = stage.scope.child(step.id);
  let took = true;
  const recorder: Recorder = {
    event: (event: EventBody) => {
      if (event.kind === 'fault') took &&= event.took;
    },
    samples: () => {},
    deliveries: () => {},
  };
  try {
    await playFault(
      step,
      {
        steps: [step],
        faults: parts.faults,
        changes: parts.changes,
        topics: standing.card.topics,
        sut,
        links: book.links,
        fleet: { launch: (specs) => parts.environment.launch(specs, book, standing.context) },
        group: null,
        groupName: null,
        rng: rngOf(planned.plan.seed),
        clock: stage.clock,
        recorder,
        progress: { ...stage.progress, note: tell },
        scope,
        start: stage.clock.now(),
        held: new Set(),
        onWindow: () => {},
      },
      signal,
    );
  } finally {
    const report = await scope.close();
    for (const { label, error } of report.entries) {
      if (error !== undefined) tell(`${label}: ${error}`);
    }
    took &&= report.failures === 0;
  }
  return { took };
}

function problemsOf(step: FaultStep, standing: Standing, catalog: Catalog): string[] {
  const { parts, planned, links } = standing.input;
  const { plan } = planned;
  const { environment } = parts;
  const roles = parts.system.roles(plan.system.spec, plan.profile);
  const wanted = catalog.faults.get(step.fault)?.links?.(step) ?? [];
  const lacking = wanted.filter((each) => !links.includes(each));
  return [
    ...stepProblems([step], {
      catalog,
      roles,
      topics: plan.topics,
      system: plan.system,
      loadMs: Number.POSITIVE_INFINITY,
      options: {
        environment: environment.name,
        offers: environment.offers,
        seed: plan.seed,
        profile: plan.profile,
        control: false,
        suite: plan.scenario.suite,
      },
    }).map((problem) => problem.replace(/^timeline [^:]*: /, '')),
    ...('members' in step.target ? ['nobody reads along here: there are no members to hit'] : []),
    ...(lacking.length === 0
      ? []
      : [`it works on links of class ${lacking.join(' and ')}: started without --links`]),
  ];
}

function refuse(problems: readonly string[], { fault }: FaultStep): void {
  if (problems.length === 0) return;
  throw new HighwaterError(
    'PLAN_IMPOSSIBLE',
    `fault ${fault} cannot be done here: ${problems.join('; ')}`,
    { facts: { problems: [...problems] }, hint: 'nothing was done' },
  );
}
