import { z } from 'zod';
import { PHASES, PROFILES, type RunPlan } from '../../plan.ts';
import { type Assert, count, json, partitionShape, text } from './parts.ts';

const jsonObject = z.record(z.string(), json);

const partition = z.strictObject(partitionShape);
const share = z.enum(['one', 'minority', 'majority', 'all']);
const office = z.union([
  z.enum(['controller', 'group', 'zookeeper']),
  z.strictObject({ transactionalId: text }),
]);
const target = z.union([
  z.strictObject({ leaderOf: z.union([partition, office]) }),
  z.strictObject({ followerOf: z.union([partition, office]), but: office.optional() }),
  z.strictObject({ lastInSyncOf: partition }),
  z.strictObject({ role: text, count: z.union([count, share]).exactOptional() }),
  z.strictObject({ nodes: z.array(text) }),
  z.strictObject({ members: z.union([z.array(text), share]) }),
]);

const time = z.number().min(0);
const when = { id: text, atMs: time, after: text.nullable(), withinMs: time };
const step = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('fault'),
    ...when,
    fault: text,
    target,
    other: target.nullable(),
    params: jsonObject,
    holdMs: time,
  }),
  z.strictObject({
    kind: z.literal('change'),
    ...when,
    change: text,
    params: jsonObject,
    limitMs: time,
  }),
]);

/** The shape of plan.json, version 2. */
export const planSchema = z.strictObject({
  version: z.literal(2),
  scenario: z.strictObject({ name: text, claim: text, suite: text }),
  control: z.boolean(),
  environment: text,
  profile: z.enum(PROFILES),
  seed: text,
  system: z.strictObject({ kind: text, spec: jsonObject }),
  topics: z.array(
    z.strictObject({
      name: text,
      partitions: count,
      replication: count,
      minInSync: count,
      config: z.record(z.string(), z.string()),
    }),
  ),
  workload: z.strictObject({ name: text, params: jsonObject }),
  load: z.strictObject({
    warmUpMs: z.number().min(0),
    stages: z.array(
      z.strictObject({
        fromRate: z.number().min(0),
        toRate: z.number().min(0),
        forMs: z.number().min(0),
      }),
    ),
    overtimeMs: z.number().min(0),
    workers: count,
  }),
  links: z.array(z.enum(['peer', 'load'])),
  timeline: z.array(step),
  watches: z.array(text),
  checks: z.array(z.strictObject({ claim: text, params: jsonObject })),
  budgetsMs: z.record(z.enum(PHASES), z.number().min(0)),
});

type Parsed = z.infer<typeof planSchema>;
/** Fails to compile when the schema and the type drift apart. */
export type PlanSchemaIsThePlan = [
  Assert<Parsed extends RunPlan ? true : false>,
  Assert<keyof RunPlan extends keyof Parsed ? true : false>,
];
