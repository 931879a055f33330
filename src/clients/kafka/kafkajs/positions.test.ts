import { describe, expect, it } from 'vitest';
import { keepPositions } from './positions.ts';

type Told = (event: { readonly payload: object }) => void;

/** What we use of kafkajs' consumer; takes down where it was sent, and what was committed. */
function playedConsumer() {
  const heard = new Map<string, Told>();
  const sought: unknown[] = [];
  const committed: unknown[][] = [];
  const events = { END_BATCH_PROCESS: 'end', GROUP_JOIN: 'join' };
  const consumer = {
    events,
    on: (event: string, listener: Told) => heard.set(event, listener),
    seek: (to: unknown) => sought.push(to),
    commitOffsets: async (offsets: unknown[]) => void committed.push(offsets),
  };
  const tell = (event: string, payload: object) => heard.get(event)?.({ payload });
  return {
    consumer: consumer as never,
    sought,
    committed,
    batch: (partition: number, lastOffset: string) =>
      tell('end', { topic: 't', partition, lastOffset }),
    join: (...partitions: number[]) => tell('join', { memberAssignment: { t: partitions } }),
  };
}

describe('where a member is', () => {
  it('is committed again after it joined anew, also when no further batch comes', async () => {
    const { consumer, batch, join, sought, committed } = playedConsumer();
    const positions = keepPositions(consumer, () => {});
    join(0, 1);
    batch(0, '9');
    batch(1, '19');
    await positions.commit();
    join(0, 1);
    await positions.commit();
    const both = [
      { topic: 't', partition: 0, offset: '10' },
      { topic: 't', partition: 1, offset: '20' },
    ];
    expect(sought).toEqual(both);
    expect(committed).toEqual([both, both]);
  });

  it('is forgotten of a partition that went to another member', async () => {
    const { consumer, batch, join, sought, committed } = playedConsumer();
    const positions = keepPositions(consumer, () => {});
    join(0);
    batch(0, '9');
    join(1);
    await positions.commit();
    expect([sought, committed]).toEqual([[], []]);
  });
});
