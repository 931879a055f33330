import type {
  ConsumedBatch,
  ConsumerOptions,
  LogConsumer,
  MemberNews,
  SimulatedThread,
} from '../../clients/kafka/port.ts';
import { HighwaterError, messageOf } from '../../core/errors.ts';
import { ms, type Span } from '../../core/time.ts';
import { showPartition } from '../../record/names.ts';
import type { OpenInput, Receiver, ReceiverTells } from '../workload.ts';
import { Consumption } from './consumption.ts';
import { groupOf } from './group.ts';
import type { ProduceConsumeParams } from './params.ts';
import { ValueReader } from './value.ts';

/** How often what was received is told. */
const TELL_EVERY: Span = ms(500);

/** Opens a member of the group; resolves once it has its partitions. */
export async function openReceiver(
  input: OpenInput<ProduceConsumeParams>,
  tells: ReceiverTells,
): Promise<Receiver> {
  const { run, session, params, clients, scope } = input;
  const consumer = await clients.consumer(consumerOptions(run, session, params), scope.signal);
  const receiver = new GroupMember(input, consumer, tells);
  try {
    await consumer.start(
      (batch) => receiver.take(batch),
      (news) => receiver.hear(news),
    );
  } catch (thrown) {
    await receiver[Symbol.asyncDispose]();
    throw thrown;
  }
  return receiver;
}

function consumerOptions(
  run: string,
  member: string,
  { topics, group, consumer }: ProduceConsumeParams,
): ConsumerOptions {
  const options = {
    group: groupOf(run),
    member,
    topics,
    sessionTimeout: ms(consumer.sessionTimeoutMs),
    heartbeatInterval: ms(consumer.heartbeatIntervalMs),
    commitInterval: ms(consumer.commitIntervalMs),
  };
  if (group === null) return options;
  const { driver, protocol, assignor, static: isStatic } = group;
  return { ...options, membership: { driver, protocol, assignor, isStatic } };
}

class GroupMember implements Receiver {
  readonly ended: Promise<void>;
  readonly #input: OpenInput<ProduceConsumeParams>;
  readonly #consumer: LogConsumer;
  readonly #tells: ReceiverTells;
  readonly #values: ValueReader;
  readonly #partitions = new Map<string, Consumption>();
  readonly #over = new AbortController();
  readonly #telling: Promise<void>;
  #closing: Promise<void> | undefined;

  constructor(input: OpenInput<ProduceConsumeParams>, consumer: LogConsumer, tells: ReceiverTells) {
    this.#input = input;
    this.#consumer = consumer;
    this.#tells = tells;
    this.#values = new ValueReader({ run: input.run, topics: input.params.topics });
    this.ended = this.#died();
    // Whoever watches it sees it; a receiver that is being closed is watched by nobody.
    this.ended.catch(() => {});
    this.#telling = this.#keepTelling();
  }

  take({ topic, partition, records }: ConsumedBatch): void {
    const of = { topic, partition };
    const name = showPartition(of);
    const consumption = this.#partitions.get(name) ?? new Consumption(of, this.#values);
    this.#partitions.set(name, consumption);
    this.#tells.consumed(of, consumption.take(records));
  }

  hear(news: MemberNews): void {
    if (news.act === 'assigned') {
      for (const consumption of this.#partitions.values()) consumption.assignedAnew();
    }
    this.#tells.member(news);
  }

  get simulated(): SimulatedThread | undefined {
    return this.#consumer.simulated;
  }

  pause(): void {
    this.#consumer.pause();
  }

  resume(): void {
    this.#consumer.resume();
  }

  flush(): void {
    this.#tell((consumption) => consumption.drain());
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    try {
      await this.#consumer[Symbol.asyncDispose]();
    } finally {
      this.#over.abort(new Error('the receiver ended'));
      await this.#telling;
      this.#tell((consumption) => [...consumption.drain(), ...consumption.rest()]);
    }
  }

  async #died(): Promise<void> {
    let why = 'it ended by itself';
    try {
      await this.#consumer.ended;
    } catch (thrown) {
      why = messageOf(thrown);
    }
    if (this.#closing !== undefined) return;
    throw new HighwaterError('CLIENT_FAILED', `consumer ${this.#input.session} died: ${why}`);
  }

  async #keepTelling(): Promise<void> {
    const signal = this.#over.signal;
    while (!signal.aborted) {
      await this.#input.clock.sleep(TELL_EVERY, signal).catch(() => {
        // Closing: what is left is told there.
      });
      if (!signal.aborted) this.flush();
    }
  }

  #tell(of: (consumption: Consumption) => ReturnType<Consumption['drain']>): void {
    const deltas = [...this.#partitions.values()].flatMap(of);
    if (deltas.length > 0) this.#tells.deliveries(deltas);
  }
}
