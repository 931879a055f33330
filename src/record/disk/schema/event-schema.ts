import { z } from 'zod';
import type { RunEvent } from '../../events.ts';
import { PHASES } from '../../plan.ts';
import { type Assert, count, json, offset, partitionShape, ranges, text } from './parts.ts';

const t = z.number();
const partition = z.strictObject(partitionShape);
const state = z.enum(['begin', 'end']);
const phase = z.enum(PHASES);
const window = z.enum(['warm-up', 'baseline', 'disturb', 'recover']);
const maybeTime = z.number().nullable();

const begin = z.strictObject({
  t,
  kind: z.literal('begin'),
  version: z.literal(2),
  run: text,
  anchor: text,
  highwater: text,
  host: z.record(z.string(), json),
});

const fault = z.strictObject({
  t,
  kind: z.literal('fault'),
  step: text,
  fault: text,
  act: z.enum(['engage', 'confirm', 'heal', 'confirm-heal']),
  targets: z.array(text),
  from: z.number(),
  took: z.boolean(),
  seen: text,
  affected: z.array(partition),
  mechanism: text,
});

const change = z.strictObject({
  t,
  kind: z.literal('change'),
  step: text,
  change: text,
  act: z.enum(['begin', 'note', 'end']),
  nodes: z.array(text),
  took: z.boolean(),
  seen: text,
});

const member = z.strictObject({
  t,
  kind: z.literal('member'),
  group: text,
  member: text,
  act: z.enum(['rebalancing', 'assigned', 'paused', 'resumed', 'left', 'crashed', 'failed']),
  assigned: z.array(partition),
  seen: text,
});

const ensemble = z.strictObject({
  t,
  kind: z.literal('ensemble'),
  node: text,
  mode: text.nullable(),
  zxid: text.nullable(),
  nodeCount: count.nullable(),
  digest: text.nullable(),
  sessions: z.array(text),
  ephemerals: z.array(z.strictObject({ path: text, owner: text })),
});

const outage = z.strictObject({
  t,
  kind: z.literal('outage'),
  ...partitionShape,
  session: text,
  lastAckSentAt: maybeTime,
  lastAckAt: maybeTime,
  firstUnackedSentAt: z.number(),
  lastUnackedSentAt: z.number(),
  firstAckSentAt: maybeTime,
  firstAckAt: maybeTime,
  attempts: count,
  records: count,
});

const latency = z.strictObject({
  t,
  kind: z.literal('latency'),
  window,
  from: z.enum(['due', 'send', 'lateness']),
  count,
  p50: z.number(),
  p90: z.number(),
  p99: z.number(),
  p999: z.number(),
  max: z.number(),
});

const finalOffsets = z.strictObject({
  t,
  kind: z.literal('final-offsets'),
  ...partitionShape,
  logStart: offset,
  highWatermark: offset,
  lastStable: offset,
  leaderEpoch: z.number().int(),
  position: offset.nullable(),
  records: count,
  trouble: text.nullable(),
});

const suspects = z.strictObject({
  t,
  kind: z.literal('suspects'),
  ...partitionShape,
  session: text,
  suspicion: z.literal('missing'),
  ranges,
  replicas: z.array(z.strictObject({ node: text, found: count.nullable(), dump: text.nullable() })),
});

/** The shape of one line of history.ndjson, version 2. */
export const eventSchema = z.discriminatedUnion('kind', [
  begin,
  z.strictObject({ t, kind: z.literal('phase'), phase, state }),
  z.strictObject({ t, kind: z.literal('window'), window, state }),
  z.strictObject({
    t,
    kind: z.literal('node'),
    node: text,
    state: z.enum(['up', 'down', 'paused']),
    incarnation: text.nullable(),
    ended: text.nullable(),
    expected: z.boolean(),
  }),
  fault,
  change,
  member,
  ensemble,
  z.strictObject({
    t,
    kind: z.literal('leadership'),
    ...partitionShape,
    leader: text.nullable(),
    epoch: z.number().int(),
    isr: z.array(text),
  }),
  outage,
  latency,
  finalOffsets,
  suspects,
  z.strictObject({
    t,
    kind: z.literal('effective-config'),
    of: text,
    values: z.record(z.string(), z.string()),
  }),
  z.strictObject({ t, kind: z.literal('watch-failed'), watch: text, message: text }),
  z.strictObject({
    t,
    kind: z.literal('trouble'),
    phase,
    code: text,
    message: text,
    hint: text.nullable(),
  }),
  z.strictObject({
    t,
    kind: z.literal('end'),
    events: count,
    samples: count,
    deltas: count,
    reason: z.enum(['completed', 'interrupted', 'failed']),
  }),
]);

type Parsed = z.infer<typeof eventSchema>;
/** Fails to compile when the schema and the type drift apart. */
export type EventSchemaIsTheEvent = [
  Assert<Parsed extends RunEvent ? true : false>,
  Assert<RunEvent['kind'] extends Parsed['kind'] ? true : false>,
];
