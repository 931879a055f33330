import { z } from 'zod';
import { type DeliveryDelta, FATES } from '../../ledger.ts';
import type { CleanupRecord } from '../../run-record.ts';
import type { Sample } from '../../samples.ts';
import { type Assert, count, offset, partitionShape, ranges, type Same, text } from './parts.ts';

/** The shape of one line of samples.ndjson. */
export const sampleSchema = z.strictObject({
  t: z.number(),
  series: z.enum([
    'attempted',
    'acknowledged',
    'unknown',
    'failed',
    'dropped',
    'late',
    'consumed',
    'latency.due.p50',
    'latency.due.p99',
    'latency.due.max',
    'latency.send.p50',
    'latency.send.p99',
    'latency.send.max',
    'lateness.p99',
    'lag',
    'lag.stable',
    'open-transactions',
    'committed',
    'isr',
    'host.loop-delay.p99',
    'host.cpu-busy',
    'host.cpu-steal',
  ]),
  of: text,
  value: z.number(),
});

/** The shape of one line of ledger.ndjson. */
export const deltaSchema = z.discriminatedUnion('as', [
  z.strictObject({ ...partitionShape, session: text, as: z.enum(FATES), ranges }),
  z.strictObject({
    ...partitionShape,
    as: z.enum(['phantom', 'corrupt', 'misplaced']),
    by: z.enum(['final-read', 'consumer']),
    offset,
    why: text,
  }),
  z.strictObject({
    ...partitionShape,
    as: z.literal('duplicate-offsets'),
    session: text,
    sequence: count,
    offsets: z.array(offset),
  }),
  z.strictObject({
    ...partitionShape,
    as: z.literal('overtaken'),
    session: text,
    sequence: count,
    by: count,
  }),
]);

/** The shape of cleanup.json. */
export const cleanupSchema = z.strictObject({
  entries: z.array(
    z.strictObject({ label: text, tookMs: z.number(), error: text.exactOptional() }),
  ),
  failures: count,
  leftovers: z.array(z.strictObject({ kind: text, what: text })),
});

/** Fails to compile when a schema and its type drift apart. */
export type RowSchemasAreTheRows = [
  Assert<Same<z.infer<typeof sampleSchema>, Sample>>,
  Assert<Same<z.infer<typeof deltaSchema>, DeliveryDelta>>,
  Assert<Same<z.infer<typeof cleanupSchema>, CleanupRecord>>,
];
