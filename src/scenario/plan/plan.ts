import { messageOf } from '../../core/errors.ts';
import type { JsonObject } from '../../core/json.ts';
import type { Needs } from '../../environments/capabilities.ts';
import type { RoleSpec } from '../../environments/node.ts';
import {
  PHASES,
  type PhaseName,
  type RunPlan,
  type StagePlan,
  type StepPlan,
  type TopicPlan,
} from '../../record/plan.ts';
import type { Scenario, Stage } from '../suite/scenario.ts';
import { shapeProblems } from '../suite/schema.ts';
import type { Catalog, PlanOptions } from './catalog.ts';
import { fetches, needsOf } from './needs-of.ts';
import { expandNemeses } from './plan-nemesis.ts';
import { inOrder, linksOf, type StepGround, stepProblems, timelineOf } from './plan-timeline.ts';

/** A scenario that cannot be planned, with every reason at once. Nothing was started. */
export interface Unplannable {
  readonly problems: readonly string[];
}

/** What a run needs of the world beside the plan itself. */
export interface Planned {
  readonly plan: RunPlan;
  readonly needs: Needs;
}

/** Decides what will happen. Pure: the same scenario, seed and environment give the same plan. */
export function plan(
  scenario: Scenario,
  catalog: Catalog,
  options: PlanOptions,
): Planned | Unplannable {
  const shape = shapeProblems(scenario);
  if (shape.length > 0) return { problems: shape };

  const draft: Draft = { scenario, catalog, options, topics: topicsOf(scenario), problems: [] };
  const system = systemOf(draft);
  const workload = workloadOf(draft, system);
  const stages = scenario.load.map(stageOf);
  const loadMs = stages.reduce((sum, { forMs }) => sum + forMs, 0);
  let timeline: readonly StepPlan[] = [];
  if (system !== undefined) {
    const { key: kind, spec, roles } = system;
    const ground = {
      catalog,
      options,
      topics: draft.topics,
      roles,
      system: { kind, spec },
      loadMs,
    };
    draft.problems.push(...roleProblems(scenario, roles));
    draft.problems.push(...limitedVolumeProblems(system, options));
    if (!options.control) timeline = stepsOf(scenario, ground, draft.problems);
    draft.problems.push(...replicationProblems(draft.topics, system.roles));
  }
  draft.problems.push(...referenceProblems(draft));
  if (draft.problems.length > 0 || system === undefined || workload === undefined) {
    return { problems: draft.problems };
  }
  const warmUpMs = scenario.warmUp ?? 5_000;
  return {
    plan: {
      version: 2,
      scenario: { name: scenario.name, claim: scenario.claim, suite: options.suite },
      control: options.control,
      environment: options.environment,
      profile: options.profile,
      seed: options.seed,
      system: { kind: system.key, spec: system.spec },
      topics: draft.topics,
      workload: { name: scenario.workload.workload, params: workload },
      load: {
        warmUpMs,
        stages,
        overtimeMs: overtimeOf(timeline),
        workers: scenario.workers ?? 1,
      },
      links: linksOf(timeline, catalog),
      timeline,
      watches: scenario.watches ?? [...catalog.watches],
      checks: checksOf(draft),
      budgetsMs: budgetsOf(draft, timeline, { warmUpMs, loadMs }),
    },
    needs: needsOf(timeline, catalog, system),
  };
}

/** Fixed steps and random ones, with every problem of either told. */
function stepsOf(scenario: Scenario, ground: StepGround, problems: string[]): StepPlan[] {
  const steps = scenario.timeline ?? [];
  const fixed = timelineOf(steps);
  const { limits = {} } = scenario;
  const random = expandNemeses(steps, { ...ground, limits, beside: fixed });
  const timeline = inOrder([...fixed, ...random.steps]);
  problems.push(...random.problems, ...stepProblems(timeline, ground));
  return timeline;
}

/** Roles that the claim takes for granted and the system does not have. */
const roleProblems = ({ roles = [] }: Scenario, has: SystemPart['roles']): string[] =>
  roles
    .filter((name) => !has.some(({ role, count }) => role === name && count > 0))
    .map((name) => {
      const known = has.map(({ role }) => role).join(', ');
      return `roles: the scenario is about a system with role "${name}" (this one has: ${known})`;
    });

/** A volume of a limited size is a thing that the environment has to offer. */
const limitedVolumeProblems = (
  system: SystemPart,
  { offers, environment }: PlanOptions,
): string[] =>
  offers.offered.has('volume.limit')
    ? []
    : system.roles
        .filter(({ volumeLimits = {} }) => Object.keys(volumeLimits).length > 0)
        .map(
          ({ role }) =>
            `topology.${system.key}: disks of a limited size for role "${role}" need ` +
            `volume.limit, which environment "${environment}" does not offer`,
        );

/** How long load goes on when the last heal is late: a broker that comes back on a slow machine. */
const OVERTIME_MS = 30_000;

/** A planned change takes as long as it takes, and the load goes on until it is over. */
const overtimeOf = (timeline: readonly StepPlan[]): number => {
  if (timeline.length === 0) return 0;
  const limits = timeline.map((step) => (step.kind === 'change' ? step.limitMs : 0));
  return Math.max(OVERTIME_MS, ...limits);
};

/** A scenario on its way to a plan, with every problem found so far. */
interface Draft {
  readonly scenario: Scenario;
  readonly catalog: Catalog;
  readonly options: PlanOptions;
  readonly topics: readonly TopicPlan[];
  readonly problems: string[];
}

const topicsOf = ({ topology }: Scenario): TopicPlan[] =>
  Object.entries(topology.topics).map(([name, spec]) => ({
    name,
    partitions: spec.partitions,
    replication: spec.replication,
    minInSync: spec.minInSync ?? 1,
    config: spec.config ?? {},
  }));

const checksOf = ({ scenario, catalog, options }: Draft): Scenario['checks'] =>
  scenario.checks.filter(
    ({ claim }) => !(options.control && catalog.checkers.get(claim)?.needsFault === true),
  );

type SystemPart = {
  key: string;
  spec: JsonObject;
  roles: readonly RoleSpec[];
  software: readonly { name: string; version: string }[];
};

function systemOf({ scenario, catalog, options, problems }: Draft): SystemPart | undefined {
  const { topics: _, ...systems } = scenario.topology;
  const keys = Object.keys(systems);
  if (keys.length !== 1) {
    problems.push(
      `topology: expected exactly one system, got ${keys.length === 0 ? 'none' : keys.join(', ')}`,
    );
    return undefined;
  }
  const key = keys[0] as string;
  const kind = catalog.system(key, options.offers.start);
  if (kind === undefined) {
    problems.push(
      `topology.${key}: environment "${options.environment}" cannot start a system "${key}"`,
    );
    return undefined;
  }
  const overrides = options.overrides ?? {};
  const strangers = Object.keys(overrides).filter((name) => name !== key);
  for (const name of strangers) problems.push(`set ${name}: the scenario has no such system`);
  const parsed = kind.parse(withOverrides(systems[key] as JsonObject, overrides[key] ?? {}));
  if ('problems' in parsed) {
    problems.push(...parsed.problems.map((problem) => `topology.${key}: ${problem}`));
    return undefined;
  }
  const roles = kind.roles(parsed.spec, options.profile);
  return { key, spec: parsed.spec, roles, software: kind.software(parsed.spec) };
}

/** Keys inside of an object are replaced one by one; everything else as a whole. */
function withOverrides(topology: JsonObject, overrides: JsonObject): JsonObject {
  const isObject = (value: unknown): value is JsonObject =>
    typeof value === 'object' && value !== null && !Array.isArray(value);
  const replaced = Object.entries(overrides).map(([key, value]) => {
    const before = topology[key];
    return [key, isObject(before) && isObject(value) ? { ...before, ...value } : value] as const;
  });
  return { ...topology, ...Object.fromEntries(replaced) };
}

function workloadOf(
  { scenario, catalog, topics, options, problems }: Draft,
  system: SystemPart | undefined,
): JsonObject | undefined {
  const { workload: name, params } = scenario.workload;
  const workload = catalog.workloads.get(name);
  if (workload === undefined) {
    problems.push(
      `workload "${name}": no such workload (known: ${[...catalog.workloads.keys()].join(', ')})`,
    );
    return undefined;
  }
  const parsed = workload.parse(params, topics, {
    profile: options.profile,
    system: system === undefined ? null : { kind: system.key, spec: system.spec },
  });
  if ('params' in parsed) return parsed.params;
  problems.push(...parsed.problems.map((problem) => `workload ${name}: ${problem}`));
  return undefined;
}

const stageOf = (stage: Stage): StagePlan => {
  if ('pause' in stage) return { fromRate: 0, toRate: 0, forMs: stage.pause };
  if ('from' in stage) return { fromRate: stage.from, toRate: stage.to, forMs: stage.for };
  return { fromRate: stage.rate, toRate: stage.rate, forMs: stage.for };
};

function replicationProblems(topics: readonly TopicPlan[], roles: readonly RoleSpec[]): string[] {
  const brokers = roles.find(({ role }) => role === 'broker')?.count;
  if (brokers === undefined) return [];
  return topics
    .filter(({ replication }) => replication > brokers)
    .map(
      ({ name, replication }) =>
        `topics.${name}: replication ${replication} needs as many brokers, there are ${brokers}`,
    );
}

function referenceProblems({ scenario, catalog, options }: Draft): string[] {
  const { profiles } = scenario;
  return [
    ...scenario.checks.flatMap(({ claim, params }) => {
      const checker = catalog.checkers.get(claim);
      if (checker === undefined)
        return [
          `check "${claim}": no such check (known: ${[...catalog.checkers.keys()].join(', ')})`,
        ];
      try {
        checker.statement(params);
        return [];
      } catch (thrown) {
        return [`check "${claim}": ${messageOf(thrown)}`];
      }
    }),
    ...(scenario.watches ?? [])
      .filter((name) => !catalog.watches.has(name))
      .map((name) => `watch "${name}": no such watch (known: ${[...catalog.watches].join(', ')})`),
    ...(profiles === undefined || profiles.includes(options.profile)
      ? []
      : [`profile "${options.profile}": the scenario is made for ${profiles.join(', ')}`]),
  ];
}

/**
 * Limits of the phases unless the scenario says otherwise. The first launch may have to fetch jars,
 * and the first run on Kubernetes makes its cluster before it can reserve anything there.
 */
function budgetsOf(
  { scenario, catalog }: Draft,
  timeline: readonly StepPlan[],
  { warmUpMs, loadMs }: { readonly warmUpMs: number; readonly loadMs: number },
): Record<PhaseName, number> {
  const usual: Record<PhaseName, number> = {
    reserve: 600_000,
    launch: 300_000,
    ready: 90_000,
    prepare: fetches(timeline, catalog) ? 300_000 : 45_000,
    'warm-up': warmUpMs + 15_000,
    load: loadMs + overtimeOf(timeline) + 30_000,
    drain: 120_000,
    evidence: 45_000,
    close: 60_000,
  };
  return Object.fromEntries(
    PHASES.map((name) => [name, scenario.budgets?.[name] ?? usual[name]]),
  ) as Record<PhaseName, number>;
}
