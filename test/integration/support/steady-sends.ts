import { setTimeout as pause } from 'node:timers/promises';
import type { LogProducer } from '../../../src/clients/kafka/port.ts';
import type { TopicPartition } from '../../../src/record/names.ts';

/** One send of one numbered record, and what became of it; times of one clock in milliseconds. */
export interface SentRecord {
  readonly sequence: number;
  readonly at: number;
  readonly ended: number;
  readonly kind: 'ok' | 'fail' | 'unknown';
  readonly error: string | undefined;
}

export interface SteadySends {
  of(partition: TopicPartition): readonly SentRecord[];
  /** Ends sending and waits for what is under way. */
  stop(): Promise<void>;
}

const EVERY_MS = 20;
const UNDER_WAY_MAX = 5;

/**
 * Sends the number 0, 1, 2 … to each partition every 20 ms until stopped, five under way at most.
 */
export function sendSteadily(
  producer: LogProducer,
  partitions: readonly TopicPartition[],
): SteadySends {
  let going = true;
  const lanes = partitions.map((partition) => ({ partition, sent: [] as SentRecord[] }));
  const run = async ({ partition, sent }: (typeof lanes)[number]): Promise<void> => {
    const underWay = new Set<Promise<void>>();
    for (let sequence = 0; going; ) {
      if (underWay.size < UNDER_WAY_MAX) {
        const one = sendOne(producer, partition, sequence).then((record) => void sent.push(record));
        underWay.add(one);
        void one.finally(() => underWay.delete(one));
        sequence += 1;
      }
      await pause(EVERY_MS);
    }
    await Promise.all(underWay);
  };
  const runs = lanes.map(run);
  return {
    of: ({ topic, partition }) =>
      lanes.find((lane) => {
        return lane.partition.topic === topic && lane.partition.partition === partition;
      })?.sent ?? [],
    async stop() {
      going = false;
      await Promise.all(runs);
    },
  };
}

async function sendOne(
  producer: LogProducer,
  partition: TopicPartition,
  sequence: number,
): Promise<SentRecord> {
  const at = performance.now();
  const sent = await producer.send({ ...partition, values: [Buffer.from(String(sequence))] });
  return {
    sequence,
    at,
    ended: performance.now(),
    kind: sent.kind,
    error: sent.kind === 'ok' ? undefined : sent.error.name,
  };
}

/** Times at which sends of a partition were acknowledged, in order. */
export const acknowledgedAt = (sent: readonly SentRecord[]): readonly number[] =>
  sent
    .filter(({ kind }) => kind === 'ok')
    .map(({ ended }) => ended)
    .sort((a, b) => a - b);

/** The longest time without an acknowledgement between two moments. */
export function longestGap(times: readonly number[], from: number, to: number): number {
  const inside = [from, ...times.filter((time) => time > from && time < to), to];
  return Math.max(...inside.slice(1).map((time, index) => time - (inside[index] ?? 0)));
}
