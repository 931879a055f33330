import type { LogProducer } from '../../clients/kafka/port.ts';
import { invariant } from '../../core/errors.ts';
import { ms } from '../../core/time.ts';
import type { TopicPlan } from '../../record/plan.ts';
import type { Lane, OpenInput, Sender } from '../workload.ts';
import { type ProduceConsumeParams, recordsPerRequest } from './params.ts';
import { ValueWriter } from './value.ts';

/**
 * Opens the sender of a worker: for each of its sessions a producer, with a lane for each partition
 * that the session sends to.
 */
export async function openSender(input: OpenInput<ProduceConsumeParams>): Promise<Sender> {
  const { run, sessions, params, topics, clients, scope } = input;
  const { acks, idempotent, requestTimeoutMs, valueBytes } = params;
  const producers = new Map<string, Producer>();
  const sender = new ProducerLanes(producers, {
    lanes: sessions.flatMap((session) => lanesOf(session, params, topics)),
    attemptMax: recordsPerRequest(valueBytes),
  });
  try {
    for (const session of sessions) {
      const options = { acks, idempotent, requestTimeout: ms(requestTimeoutMs) };
      const log = await clients.producer(options, scope.signal);
      const values = new ValueWriter({ run, topics: params.topics }, session, valueBytes);
      producers.set(session, { log, values });
    }
    return sender;
  } catch (thrown) {
    await sender[Symbol.asyncDispose]();
    throw thrown;
  }
}

interface Producer {
  readonly log: LogProducer;
  readonly values: ValueWriter;
}

/**
 * Where a session sends: to every partition of every topic; or, as a device with one key does, to
 * one partition of each topic, which its number says.
 */
function lanesOf(
  session: string,
  { topics, spread }: ProduceConsumeParams,
  plans: readonly TopicPlan[],
): readonly Lane[] {
  const number = Number(session.slice(1));
  return topics.flatMap((topic) => {
    const plan = plans.find(({ name }) => name === topic);
    invariant(plan !== undefined, `topic "${topic}" is not among those of the plan`);
    if (spread === 'key') return [{ session, topic, partition: number % plan.partitions }];
    return Array.from({ length: plan.partitions }, (_, partition) => ({
      session,
      topic,
      partition,
    }));
  });
}

class ProducerLanes implements Sender {
  readonly lanes: readonly Lane[];
  readonly attemptMax: number;
  readonly #producers: ReadonlyMap<string, Producer>;

  constructor(
    producers: ReadonlyMap<string, Producer>,
    { lanes, attemptMax }: Pick<Sender, 'lanes' | 'attemptMax'>,
  ) {
    this.#producers = producers;
    this.lanes = lanes;
    this.attemptMax = attemptMax;
  }

  attempt(lane: number, first: number, count: number): ReturnType<Sender['attempt']> {
    const { session, topic, partition } = this.lanes[lane] as Lane;
    const { log, values } = this.#producers.get(session) as Producer;
    const of = { topic, partition };
    return log.send({ ...of, values: values.values(of, first, count) });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#producers.values()].map(({ log }) => log[Symbol.asyncDispose]()));
  }
}
