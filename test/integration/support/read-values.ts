import type { TopicPartition } from '../../../src/record/names.ts';
import type { Sut } from '../../../src/systems/system.ts';

/** Values of a partition as our own reader finds them, from its start to the high watermark. */
export async function readValues(
  sut: Sut,
  of: TopicPartition,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const clients = sut.clients('check');
  await using admin = await clients.admin(signal);
  await using reader = await clients.reader(signal);
  const end = (await admin.offsets(of.topic, 'high-watermark')).get(of.partition) ?? 0n;
  const values: string[] = [];
  for await (const batch of reader.read(of, 0n, end, signal)) {
    for (const { value } of batch.records ?? []) values.push(String(value));
  }
  return values;
}
