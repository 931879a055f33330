import { describe, expect, it } from 'vitest';
import { type Rng, rngOf } from '../core/rng.ts';
import { type Placed, spreadEvenly } from './spread.ts';

const topic = (name: string, ...replicas: readonly number[][]): Placed[] =>
  replicas.map((each, partition) => ({ topic: name, partition, replicas: each }));

/** What comes out when the moves are carried out. */
const moved = (partitions: readonly Placed[], brokers: readonly number[]): readonly Placed[] => {
  const moves = spreadEvenly(partitions, brokers);
  return partitions.map(
    (each) =>
      moves.find((move) => move.topic === each.topic && move.partition === each.partition) ?? each,
  );
};

const count = (all: readonly Placed[], broker: number, of: 'replicas' | 'leaders'): number =>
  all.filter(({ replicas }) =>
    of === 'replicas' ? replicas.includes(broker) : replicas[0] === broker,
  ).length;

const gap = (
  all: readonly Placed[],
  brokers: readonly number[],
  of: 'replicas' | 'leaders',
): number => {
  const loads = brokers.map((broker) => count(all, broker, of));
  return Math.max(...loads) - Math.min(...loads);
};

const shuffled = (brokers: readonly number[], rng: Rng): number[] =>
  brokers
    .map((broker) => ({ broker, at: rng.next() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ broker }) => broker);

describe('spreading partitions evenly', () => {
  it('moves nothing where all is level', () => {
    expect(spreadEvenly(topic('a', [1, 2], [2, 3], [3, 1]), [1, 2, 3])).toEqual([]);
  });

  it('gives a new broker its share, of replicas and of leaderships', () => {
    const all = topic('a', [1, 2], [2, 3], [3, 1], [1, 2], [2, 3], [3, 1], [1, 2], [2, 3]);
    const after = moved(all, [1, 2, 3, 4]);
    expect([1, 2, 3, 4].map((broker) => count(after, broker, 'replicas'))).toEqual([4, 4, 4, 4]);
    expect([1, 2, 3, 4].map((broker) => count(after, broker, 'leaders'))).toEqual([2, 2, 2, 2]);
  });

  it('copies no more replicas than it must', () => {
    const all = topic('a', [1, 2], [2, 3], [3, 1], [1, 2], [2, 3], [3, 1]);
    const after = moved(all, [1, 2, 3, 4]);
    const copied = after.flatMap(({ replicas }, at) =>
      replicas.filter((broker) => !all[at]?.replicas.includes(broker)),
    );
    expect(copied).toEqual([4, 4, 4]);
  });

  it('takes everything off a broker that is to go', () => {
    const after = moved(topic('a', [4, 1], [2, 4], [3, 1], [4, 3]), [1, 2, 3]);
    expect(count(after, 4, 'replicas')).toBe(0);
    expect(gap(after, [1, 2, 3], 'replicas')).toBeLessThanOrEqual(1);
  });

  it('refuses more replicas than there are brokers', () => {
    expect(() => spreadEvenly(topic('a', [1, 2, 3]), [1, 2])).toThrow('3 replicas');
  });

  it('levels each topic by itself, whatever the topics look like', () => {
    const rng = rngOf('spread');
    for (let round = 0; round < 200; round += 1) {
      const from = Array.from({ length: 1 + rng.below(5) }, (_, at) => at + 1);
      const onto = Array.from({ length: 6 }, (_, at) => at + 1).filter(() => rng.below(3) > 0);
      const factor = Math.min(from.length, onto.length, 1 + rng.below(3));
      if (factor === 0) continue;
      const all = ['a', 'b'].flatMap((name) =>
        topic(
          name,
          ...Array.from({ length: 1 + rng.below(12) }, () => shuffled(from, rng).slice(0, factor)),
        ),
      );
      const after = moved(all, onto);
      for (const name of ['a', 'b']) {
        const ofTopic = after.filter((each) => each.topic === name);
        expect(gap(ofTopic, onto, 'replicas')).toBeLessThanOrEqual(1);
        for (const { replicas } of ofTopic) {
          expect(new Set(replicas).size).toBe(factor);
          expect(replicas.every((broker) => onto.includes(broker))).toBe(true);
        }
      }
    }
  });
});
