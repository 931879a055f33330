import type { LogProducer } from '../../clients/kafka/port.ts';
import { invariant } from '../../core/errors.ts';
import { ms } from '../../core/time.ts';
import type { TopicPartition } from '../../record/names.ts';
import type { OpenInput, Sender } from '../workload.ts';
import { type ProduceConsumeParams, recordsPerRequest } from './params.ts';
import { ValueWriter } from './value.ts';

/**
 * Opens the sender of a session: one lane for each partition of the topic, one producer for all.
 */
export async function openSender(input: OpenInput<ProduceConsumeParams>): Promise<Sender> {
  const { run, session, params, topics, clients, scope } = input;
  const { acks, idempotent, requestTimeoutMs, topic, valueBytes } = params;
  const plan = topics.find(({ name }) => name === topic);
  invariant(plan !== undefined, `topic "${topic}" is not among those of the plan`);
  const producer = await clients.producer(
    { acks, idempotent, requestTimeout: ms(requestTimeoutMs) },
    scope.signal,
  );
  return new ProducerLanes(producer, {
    lanes: Array.from({ length: plan.partitions }, (_, partition) => ({ topic, partition })),
    values: new ValueWriter(run, session, valueBytes),
    attemptMax: recordsPerRequest(valueBytes),
  });
}

interface LanesInput {
  readonly lanes: readonly TopicPartition[];
  readonly values: ValueWriter;
  readonly attemptMax: number;
}

class ProducerLanes implements Sender {
  readonly lanes: readonly TopicPartition[];
  readonly attemptMax: number;
  readonly #producer: LogProducer;
  readonly #values: ValueWriter;

  constructor(producer: LogProducer, { lanes, values, attemptMax }: LanesInput) {
    this.#producer = producer;
    this.lanes = lanes;
    this.#values = values;
    this.attemptMax = attemptMax;
  }

  attempt(lane: number, first: number, count: number): ReturnType<Sender['attempt']> {
    const of = this.lanes[lane] as TopicPartition;
    const values = this.#values.values(of.partition, first, count);
    return this.#producer.send({ ...of, values });
  }

  [Symbol.asyncDispose](): PromiseLike<void> {
    return this.#producer[Symbol.asyncDispose]();
  }
}
