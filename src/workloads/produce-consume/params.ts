import { z } from 'zod';
import type { TopicPlan } from '../../record/plan.ts';
import type { WorkloadGround } from '../workload.ts';
import { groupSchema, systemProblems } from './group-params.ts';
import { VALUE_BYTES_MIN } from './value.ts';

/**
 * What a broker takes as one request by default (`max.message.bytes`, about 1 MiB), less its
 * overhead.
 */
const REQUEST_BYTES_MAX = 900_000;

/** More producers than this in one thread measure the thread. */
const PRODUCERS_MAX = 200;

const span = z.int().positive();
const topic = z.string().min(1);

/** Time-outs of a member, by profile: brokers of the fast one allow sessions of 1 s and more. */
const SESSION_MS = { fast: 6_000, production: 10_000 } as const;

const fields = {
  /** Who must have a record before it is acknowledged. */
  acks: z.enum(['all', 'leader', 'none']).default('all'),
  idempotent: z.boolean().default(false),
  /** Size of every value. */
  valueBytes: z.int().min(VALUE_BYTES_MIN).max(REQUEST_BYTES_MAX).default(100),
  /** Producer sessions in each sending thread, with sequence numbers of their own. */
  producers: z.int().min(1).max(PRODUCERS_MAX).default(1),
  /** Whether a session sends to all partitions, or to one of each topic as a device with a key. */
  spread: z.enum(['all', 'key']).default('all'),
  /**
   * Limit of one attempt. With acks=all a write waits while a dead follower is still in the
   * in-sync set; a limit below that (broker.session.timeout.ms and the time of fencing) would
   * turn writes that are about to be acknowledged into unknown ones, which say nothing about
   * loss. A dead leader refuses at once, so a long limit does not blunt the measure of an outage.
   */
  requestTimeoutMs: span.default(15_000),
};

const consumerOf = (sessionTimeoutMs: number) =>
  z
    .strictObject({
      /**
       * A member that is silent for so long is out of its group; in a group of KIP-848 the
       * coordinator decides that, and how often heartbeats are sent.
       */
      sessionTimeoutMs: span.min(6_000).default(sessionTimeoutMs),
      heartbeatIntervalMs: span.default(1_000),
      commitIntervalMs: span.default(500),
    })
    .prefault({});

const schemaOf = (sessionTimeoutMs: number) =>
  z
    .strictObject({
      topics: z.array(topic).min(1).max(100),
      ...fields,
      /** Whether a consumer group reads along, and what kind of group. */
      group: groupSchema,
      consumer: consumerOf(sessionTimeoutMs),
    })
    .refine(({ acks, idempotent }) => !idempotent || acks === 'all', {
      path: ['idempotent'],
      error: "an idempotent producer needs acks: 'all'",
    })
    .refine(({ consumer }) => consumer.heartbeatIntervalMs * 3 <= consumer.sessionTimeoutMs, {
      path: ['consumer', 'heartbeatIntervalMs'],
      error: 'must be at most a third of sessionTimeoutMs',
    })
    .refine(
      ({ group, consumer }) =>
        group?.protocol !== 'consumer' || consumer.sessionTimeoutMs === sessionTimeoutMs,
      {
        path: ['consumer', 'sessionTimeoutMs'],
        error: 'the brokers decide it for protocol "consumer": group.consumer.session.timeout.ms',
      },
    )
    .refine(({ topics }) => new Set(topics).size === topics.length, {
      path: ['topics'],
      error: 'a topic is named twice',
    });

type Schema = ReturnType<typeof schemaOf>;

/** Parameters of produce-consume, with all defaults. */
export type ProduceConsumeParams = z.output<Schema>;

/** What a suite may write: only `topic`, or `topics`, is needed. */
export type ProduceConsumeOptions = Omit<z.input<Schema>, 'topics'> &
  ({ readonly topic: string } | { readonly topics: readonly string[] });

/** Name of the workload in a plan. */
export const PRODUCE_CONSUME = 'produce-consume';

/** A plan on no system in particular, for whoever wants the defaults. */
const NOWHERE: WorkloadGround = { profile: 'fast', system: null };

/** Checks parameters against topics and system of the scenario; every problem at once. Pure. */
export function parseParams(
  params: unknown,
  topics: readonly TopicPlan[],
  ground: WorkloadGround = NOWHERE,
): { readonly params: ProduceConsumeParams } | { readonly problems: readonly string[] } {
  const given = withTopics(params);
  const parsed = schemaOf(SESSION_MS[ground.profile]).safeParse(given.params);
  const shape = parsed.success ? [] : parsed.error.issues.flatMap(problemsOf);
  const problems = [
    ...given.problems,
    ...shape,
    ...topicProblems(given.params, topics),
    ...(parsed.success ? systemProblems(parsed.data.group, ground) : []),
  ];
  return parsed.success && problems.length === 0 ? { params: parsed.data } : { problems };
}

/** `topic` is short for one of `topics`. */
function withTopics(params: unknown): { params: unknown; problems: readonly string[] } {
  if (typeof params !== 'object' || params === null || !('topic' in params)) {
    return { params, problems: [] };
  }
  const { topic, ...rest } = params;
  if ('topics' in rest) return { params: rest, problems: ['topic: not beside topics'] };
  return { params: { topics: [topic], ...rest }, problems: [] };
}

function problemsOf(issue: z.core.$ZodIssue): readonly string[] {
  const path = issue.path.join('.');
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => `${path === '' ? key : `${path}.${key}`}: unknown key`);
  }
  return [`${path === '' ? 'params' : path}: ${issue.message}`];
}

/** Told beside problems of the shape, so that one look at the list is enough. */
function topicProblems(params: unknown, plans: readonly TopicPlan[]): readonly string[] {
  const topics = (params as { topics?: unknown } | null | undefined)?.topics;
  if (!Array.isArray(topics)) return [];
  const known = plans.map(({ name }) => `"${name}"`).join(', ') || 'none';
  return topics
    .filter((name) => typeof name === 'string' && name !== '')
    .filter((name) => !plans.some((plan) => plan.name === name))
    .map((name) => `topic: expected one of the scenario's topics (${known}), got "${name}"`);
}

/** How many records of this size go into one request at most. */
export const recordsPerRequest = (valueBytes: number): number =>
  // A record takes a few bytes beside its value; 32 are more than enough.
  Math.max(1, Math.floor(REQUEST_BYTES_MAX / (valueBytes + 32)));
