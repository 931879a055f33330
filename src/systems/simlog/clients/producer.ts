import { classAttempt, completionOf } from '../../../clients/kafka/outcomes.ts';
import type { LogProducer, ProduceBatch, ProducerOptions } from '../../../clients/kafka/port.ts';
import type { Completion } from '../../../core/outcome.ts';
import type { SimCluster } from '../cluster.ts';
import type { Produced, ProduceRequest, SimPartition } from '../partition.ts';
import { SimError } from '../sim-error.ts';

type Sent = Completion<{ readonly baseOffset: bigint | null }>;

/** A producer that makes one attempt for each batch, to whom the metadata of this moment names. */
export class SimProducer implements LogProducer {
  private readonly cluster: SimCluster;
  private readonly options: ProducerOptions;
  private readonly number: number;
  private readonly sequences = new Map<SimPartition, number>();
  private closed = false;

  constructor(cluster: SimCluster, options: ProducerOptions) {
    this.cluster = cluster;
    this.options = options;
    this.number = cluster.nextClient();
  }

  async send(batch: ProduceBatch): Promise<Sent> {
    try {
      return await this.attempt(batch);
    } catch (thrown) {
      const maySent = !(thrown instanceof SimError) || thrown.maySent;
      return completionOf(classAttempt({ thrown, maySent, acks: this.options.acks }));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.closed = true;
  }

  private async attempt(batch: ProduceBatch): Promise<Sent> {
    const what = `produce to ${batch.topic}-${batch.partition}`;
    const unsent = (name: string): SimError => new SimError(name, false, what);
    if (this.closed) throw unsent('PRODUCER_CLOSED');
    const of = this.cluster.partition(batch);
    if (of === undefined) throw unsent('UNKNOWN_TOPIC_OR_PARTITION');
    if (of.leader === null) throw unsent('LEADER_NOT_AVAILABLE');
    const to = this.cluster.broker(of.leader);
    const request = this.requestFor(of, batch);
    const sent = this.cluster.network.send<Produced>({
      to,
      what,
      timeoutMs: this.options.requestTimeout,
      handle: (reply) => of.produce(to, request, reply),
    });
    const produced = await sent;
    if (this.options.acks === 'none') throw new SimError('NO_ACKNOWLEDGEMENT_ASKED', true, what);
    this.cluster.saboteur.acknowledged(of, request, produced);
    return { kind: 'ok', value: { baseOffset: BigInt(produced.baseOffset) } };
  }

  private requestFor(of: SimPartition, batch: ProduceBatch): ProduceRequest {
    const { idempotent, acks } = this.options;
    const baseSequence = this.sequences.get(of) ?? 0;
    this.sequences.set(of, baseSequence + batch.values.length);
    return {
      producer: this.number,
      acks,
      // A caller may use its memory again once `send` has returned.
      values: batch.values.map((value) => Uint8Array.from(value)),
      producerId: idempotent ? this.number : -1,
      producerEpoch: idempotent ? 0 : -1,
      baseSequence: idempotent ? baseSequence : -1,
    };
  }
}
