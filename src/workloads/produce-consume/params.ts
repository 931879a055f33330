import { z } from 'zod';
import type { TopicPlan } from '../../record/plan.ts';
import { VALUE_BYTES_MIN } from './value.ts';

/**
 * What a broker takes as one request by default (`max.message.bytes`, about 1 MiB), less its
 * overhead.
 */
const REQUEST_BYTES_MAX = 900_000;

const span = z.int().positive();

const schema = z
  .strictObject({
    topic: z.string().min(1),
    /** Who must have a record before it is acknowledged. */
    acks: z.enum(['all', 'leader', 'none']).default('all'),
    idempotent: z.boolean().default(false),
    /** Size of every value. */
    valueBytes: z.int().min(VALUE_BYTES_MIN).max(REQUEST_BYTES_MAX).default(100),
    /** Whether a consumer group reads along. */
    group: z.boolean().default(true),
    /**
     * Limit of one attempt. With acks=all a write waits while a dead follower is still in the
     * in-sync set; a limit below that (broker.session.timeout.ms and the time of fencing) would
     * turn writes that are about to be acknowledged into unknown ones, which say nothing about
     * loss. A dead leader refuses at once, so a long limit does not blunt the measure of an outage.
     */
    requestTimeoutMs: span.default(15_000),
    consumer: z
      .strictObject({
        /** Brokers refuse less than 6 s (`group.min.session.timeout.ms`). */
        sessionTimeoutMs: span.min(6_000).default(10_000),
        heartbeatIntervalMs: span.default(1_000),
        commitIntervalMs: span.default(500),
      })
      .prefault({}),
  })
  .refine(({ acks, idempotent }) => !idempotent || acks === 'all', {
    path: ['idempotent'],
    error: "an idempotent producer needs acks: 'all'",
  })
  .refine(({ consumer }) => consumer.heartbeatIntervalMs * 3 <= consumer.sessionTimeoutMs, {
    path: ['consumer', 'heartbeatIntervalMs'],
    error: 'must be at most a third of sessionTimeoutMs',
  });

/** Parameters of produce-consume, with all defaults. */
export type ProduceConsumeParams = z.output<typeof schema>;

/** What a suite may write: only the topic is needed. */
export type ProduceConsumeOptions = z.input<typeof schema>;

/** Name of the workload in a plan. */
export const PRODUCE_CONSUME = 'produce-consume';

/** Checks parameters against the topics of the scenario; every problem at once. Pure. */
export function parseParams(
  params: unknown,
  topics: readonly TopicPlan[],
): { readonly params: ProduceConsumeParams } | { readonly problems: readonly string[] } {
  const parsed = schema.safeParse(params);
  const shape = parsed.success ? [] : parsed.error.issues.flatMap(problemsOf);
  const problems = [...shape, ...topicProblems(params, topics)];
  return parsed.success && problems.length === 0 ? { params: parsed.data } : { problems };
}

function problemsOf(issue: z.core.$ZodIssue): readonly string[] {
  const path = issue.path.join('.');
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => `${path === '' ? key : `${path}.${key}`}: unknown key`);
  }
  return [`${path === '' ? 'params' : path}: ${issue.message}`];
}

/** Told beside problems of the shape, so that one look at the list is enough. */
function topicProblems(params: unknown, topics: readonly TopicPlan[]): readonly string[] {
  const topic = (params as { topic?: unknown } | null | undefined)?.topic;
  if (typeof topic !== 'string' || topic === '') return [];
  if (topics.some(({ name }) => name === topic)) return [];
  const known = topics.map(({ name }) => `"${name}"`).join(', ') || 'none';
  return [`topic: expected one of the scenario's topics (${known}), got "${topic}"`];
}

/** How many records of this size go into one request at most. */
export const recordsPerRequest = (valueBytes: number): number =>
  // A record takes a few bytes beside its value; 32 are more than enough.
  Math.max(1, Math.floor(REQUEST_BYTES_MAX / (valueBytes + 32)));
