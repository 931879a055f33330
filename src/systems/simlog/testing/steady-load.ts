import type { Completion } from '../../../core/outcome.ts';
import { ms } from '../../../core/time.ts';
import type { TopicPartition } from '../../../record/names.ts';
import type { StartedLog } from './started-log.ts';

/** One record that was sent, and what was learnt of it. */
export interface Attempt {
  readonly of: TopicPartition;
  readonly value: string;
  readonly sentAt: number;
  endedAt: number | undefined;
  outcome: Completion<{ readonly baseOffset: bigint | null }> | undefined;
}

/** How much is sent, for how long, and where. */
export interface LoadOptions {
  readonly perSecond: number;
  readonly forMs: number;
  readonly acks?: 'all' | 'leader';
  readonly topic?: string;
  readonly partitions?: number;
  readonly requestTimeoutMs?: number;
}

/** Sends one record after the other, round the partitions, at a steady rate whatever happens. */
export async function steadyLoad(log: StartedLog, options: LoadOptions): Promise<Attempt[]> {
  const { perSecond, forMs, acks = 'all', topic = 'orders', partitions = 3 } = options;
  const requestTimeout = ms(options.requestTimeoutMs ?? 10_000);
  const producer = await log.clients.producer(
    { acks, idempotent: true, requestTimeout },
    log.scope.signal,
  );
  const attempts: Attempt[] = [];
  const pending: Promise<void>[] = [];
  const begin = log.clock.now();
  for (let sent = 0; sent < (perSecond * forMs) / 1_000; sent += 1) {
    const due = begin + (sent * 1_000) / perSecond;
    if (due > log.clock.now()) await log.clock.sleep(ms(due - log.clock.now()));
    const of = { topic, partition: sent % partitions };
    const value = `${topic}-${of.partition} ${String(sent).padStart(6, '0')}`;
    const sentAt = log.clock.now();
    const attempt: Attempt = { of, value, sentAt, endedAt: undefined, outcome: undefined };
    attempts.push(attempt);
    pending.push(
      producer.send({ ...of, values: [Buffer.from(value)] }).then((outcome) => {
        attempt.outcome = outcome;
        attempt.endedAt = log.clock.now();
      }),
    );
  }
  await Promise.all(pending);
  await producer[Symbol.asyncDispose]();
  return attempts;
}

/** Values that were acknowledged in a partition, in the order of their sending. */
export const acknowledgedIn = (attempts: readonly Attempt[], of: TopicPartition): string[] =>
  attempts
    .filter((each) => each.of.partition === of.partition && each.outcome?.kind === 'ok')
    .map(({ value }) => value);

/** Values that a partition holds, in order; a batch that cannot be read gives none. */
export async function valuesIn(log: StartedLog, of: TopicPartition): Promise<string[]> {
  const batches = await log.readAll(of);
  return batches.flatMap(({ records }) =>
    (records ?? []).map(({ value }) => Buffer.from(value ?? []).toString()),
  );
}
