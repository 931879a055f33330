import { describe, expect, it } from 'vitest';
import type { BrokerCalls } from './broker-calls.ts';
import { leadersBy } from './kafkajs/leader-watch.ts';

/** What each broker answers: its leader of orders-0, in which epoch, and whom it counts in. */
type Told = Readonly<Record<string, readonly [leader: number, epoch: number, brokers?: number]>>;

const callsOf = (told: Told, unknown: readonly string[] = []) => {
  const preferred: string[] = [];
  const all = async () =>
    Object.entries(told).map(([address, [leaderId, leaderEpoch, brokers = 3]]) => ({
      address,
      value: {
        brokers: Array.from({ length: brokers }),
        topics: [
          {
            name: 'orders',
            partitions: unknown.includes(address)
              ? []
              : [{ partitionIndex: 0, leaderId, leaderEpoch }],
          },
        ],
      },
    }));
  const calls = { all, prefer: (address: string) => preferred.push(address) };
  return { preferred, calls: calls as unknown as BrokerCalls };
};

const leadersOf = async (told: Told, unknown: readonly string[] = []) => {
  const { calls, preferred } = callsOf(told, unknown);
  const leaders = await leadersBy(calls)(['orders']);
  return [leaders.get('orders-0'), preferred.join()];
};

describe('who leads, when brokers do not agree', () => {
  it('is told by the newest epoch, not by who answers first', async () => {
    // The first is cut off from the controller, and does not know that it leads no more.
    expect(await leadersOf({ b1: [1, 4], b2: [2, 5], b3: [2, 5] })).toEqual([2, 'b2']);
  });

  it('is nobody when that is the newest', async () => {
    expect(await leadersOf({ b1: [1, 4], b2: [-1, 5] })).toEqual([-1, 'b2']);
  });

  it('is told by who has fenced a broker, where the epochs are the same', async () => {
    expect(await leadersOf({ b1: [2, 4, 3], b2: [2, 4, 2] })).toEqual([2, 'b2']);
  });

  it('is told by who knows the partition at all', async () => {
    expect(await leadersOf({ b1: [1, 0], b2: [1, 0] }, ['b1'])).toEqual([1, 'b2']);
  });
});
