import { z } from 'zod';
import { PHASES, type RunPlan } from '../../plan.ts';
import { type Assert, count, json, partitionShape, text } from './parts.ts';

const jsonObject = z.record(z.string(), json);

const target = z.union([
  z.strictObject({ leaderOf: z.strictObject(partitionShape) }),
  z.strictObject({ role: text, count: count.exactOptional() }),
  z.strictObject({ nodes: z.array(text) }),
]);

/** The shape of plan.json, version 1. */
export const planSchema = z.strictObject({
  version: z.literal(1),
  scenario: z.strictObject({ name: text, claim: text, suite: text }),
  control: z.boolean(),
  environment: text,
  profile: z.enum(['fast', 'production']),
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
  timeline: z.array(
    z.strictObject({
      id: text,
      fault: text,
      target,
      params: jsonObject,
      atMs: z.number().min(0),
      withinMs: z.number().min(0),
      holdMs: z.number().min(0),
    }),
  ),
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
