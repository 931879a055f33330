import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { mendKafkajs } from './kafkajs-mends.ts';

const load = createRequire(import.meta.url);

interface Group {
  heartbeat(options: { readonly interval: number }): Promise<void>;
}

describe('kafkajs, mended', () => {
  it('joins again when a member without an id would go on reading', async () => {
    mendKafkajs();
    const { prototype } = load('kafkajs/src/consumer/consumerGroup') as { prototype: Group };
    const { isRebalancing } = load('kafkajs/src/errors') as {
      isRebalancing(error: unknown): boolean;
    };
    const forgotten = Object.assign(Object.create(prototype) as Group, { memberId: null });
    const told = await forgotten.heartbeat({ interval: 1_000 }).then(
      () => 'nothing',
      (thrown: unknown) => thrown,
    );
    expect(isRebalancing(told)).toBe(true);
  });

  it('is mended once, however many clients there are', () => {
    const { prototype } = load('kafkajs/src/consumer/consumerGroup') as { prototype: Group };
    mendKafkajs();
    const { heartbeat } = prototype;
    mendKafkajs();
    expect(prototype.heartbeat).toBe(heartbeat);
  });
});
