import { z } from 'zod';
import { PHASES, PROFILES } from '../../record/plan.ts';
import type { Scenario } from './scenario.ts';

/**
 * The shape of what a suite writes, checked before anything else: TypeScript sees most of it, but a
 * suite may be plain JavaScript, and a rate may be computed. Unknown keys are errors everywhere.
 */
const span = z.number().finite().nonnegative();
const positiveSpan = z.number().finite().positive();
const rate = z.number().finite().nonnegative();
const partition = z.strictObject({ topic: z.string().min(1), partition: z.number().int().min(0) });

const stage = z.union([
  z.strictObject({ rate, for: positiveSpan }),
  z.strictObject({ from: rate, to: rate, for: positiveSpan }),
  z.strictObject({ pause: positiveSpan }),
]);

const share = z.enum(['one', 'minority', 'majority', 'all']);
const office = z.union([
  z.enum(['controller', 'group', 'zookeeper']),
  z.strictObject({ transactionalId: z.string().min(1) }),
]);
const target = z.union([
  z.strictObject({ leaderOf: z.union([partition, office]) }),
  z.strictObject({ followerOf: z.union([partition, office]), but: office.optional() }),
  z.strictObject({ lastInSyncOf: partition }),
  z.strictObject({
    role: z.string(),
    count: z.union([z.number().int().positive(), share]).optional(),
  }),
  z.strictObject({ nodes: z.array(z.string()) }),
  z.strictObject({ members: z.union([z.array(z.string()), share]) }),
]);

const params = z.record(z.string(), z.json());
const fault = z.strictObject({ fault: z.string(), target, other: target.optional(), params });
const change = z.strictObject({ change: z.string(), params });
const id = z.string().regex(/^[a-z][a-z0-9-]{0,40}$/, 'lower-case letters, digits and "-"');
const common = { id: id.optional(), within: positiveSpan.optional() };
const at = { ...common, at: span };
const after = { ...common, after: z.string(), plus: span.optional() };
const harm = { fault, hold: span };
const planned = { change, limit: positiveSpan.optional() };

const nemesis = z.strictObject({
  from: z.array(fault).min(1, 'at least one fault to choose from'),
  every: positiveSpan,
  hold: positiveSpan,
  at: span.optional(),
  until: positiveSpan.optional(),
  seed: z.string().optional(),
});

const step = z.union([
  z.strictObject({ ...at, ...harm }),
  z.strictObject({ ...at, ...planned }),
  z.strictObject({ ...after, ...harm }),
  z.strictObject({ ...after, ...planned }),
  z.strictObject({ nemesis }),
]);

const topic = z
  .strictObject({
    partitions: z.number().int().min(1).max(10_000),
    replication: z.number().int().min(1).max(100),
    minInSync: z.number().int().min(1).optional(),
    config: z.record(z.string(), z.string()).optional(),
  })
  .refine(({ replication, minInSync = 1 }) => minInSync <= replication, {
    error: 'minInSync must not be above replication',
  });

const schema = z.strictObject({
  name: z.string().min(1),
  claim: z.string().min(1),
  topology: z.looseObject({
    topics: z.record(z.string().regex(/^[a-zA-Z0-9._-]{1,200}$/, 'not a topic name'), topic),
  }),
  workload: z.strictObject({ workload: z.string(), params: z.record(z.string(), z.json()) }),
  load: z.array(stage).min(1, 'at least one stage'),
  warmUp: span.optional(),
  workers: z.number().int().min(1).max(64).optional(),
  timeline: z.array(step).optional(),
  limits: z
    .strictObject({ downAtOnce: z.record(z.string(), z.number().int().min(0)).optional() })
    .optional(),
  watches: z.array(z.string()).optional(),
  checks: z
    .array(z.strictObject({ claim: z.string(), params: z.record(z.string(), z.json()) }))
    .min(1, 'at least one check: a scenario without a promise proves nothing'),
  budgets: z
    .strictObject(Object.fromEntries(PHASES.map((name) => [name, positiveSpan.optional()])))
    .optional(),
  profiles: z.array(z.enum(PROFILES)).min(1).optional(),
  roles: z.array(z.string()).optional(),
});

/** Every problem of the shape, each with its path: `load[0].rate: expected …`. */
export function shapeProblems(scenario: Scenario): string[] {
  const parsed = schema.safeParse(scenario, { reportInput: true });
  if (parsed.success) return [];
  return parsed.error.issues.flatMap((issue) => flatten(issue, []));
}

type Issue = z.core.$ZodIssue;

/**
 * A union's issue says nothing by itself: take the branch that came furthest, the one with fewest
 * problems.
 */
function flatten(issue: Issue, above: readonly PropertyKey[]): string[] {
  const path = [...above, ...issue.path];
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    const branch = issue.errors.toSorted((a, b) => weight(a) - weight(b))[0] as Issue[];
    return branch.flatMap((inner) => flatten(inner, path));
  }
  return [`${showPath(path)}: ${issue.message}${seenIn(issue)}`];
}

/** What a number or a text was; zod says of the others already what it got. */
const seenIn = ({ code, input }: Issue): string =>
  code !== 'invalid_type' && (typeof input === 'number' || typeof input === 'string')
    ? `, got ${JSON.stringify(input)}`
    : '';

/** An unknown key weighs more than a bad value: `{ rate: -1, for }` is meant as a rate. */
const weight = (issues: readonly Issue[]): number =>
  issues.reduce(
    (sum, { code }) => sum + (code === 'unrecognized_keys' ? 10 : code === 'invalid_type' ? 3 : 1),
    0,
  );

const showPath = (path: readonly PropertyKey[]): string =>
  path.reduce<string>(
    (text, key) =>
      typeof key === 'number'
        ? `${text}[${key}]`
        : text === ''
          ? String(key)
          : `${text}.${String(key)}`,
    '',
  ) || 'scenario';
