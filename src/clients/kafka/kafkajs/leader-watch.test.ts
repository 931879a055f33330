import { describe, expect, it, vi } from 'vitest';
import { leaderWatch, type WatchedLane } from './leader-watch.ts';

const OF = { topic: 'orders', partition: 0 };

/** A lane whose client looks for leaders anew when it is told that one moved. */
function lane(waiting: number): WatchedLane & { moved: number; refresh(): void } {
  let metadata: object | undefined = {};
  return {
    moved: 0,
    metadata: () => metadata,
    waiting: () => waiting,
    leaderMoved() {
      this.moved += 1;
      metadata = {};
    },
    refresh() {
      metadata = {};
    },
  };
}

/** Gives one answer after the other, the last one again and again, and counts them. */
function leaders(...answers: readonly (number | Error)[]) {
  const asked = { times: 0 };
  const ask = async (): Promise<ReadonlyMap<string, number>> => {
    const answer = answers[Math.min(asked.times, answers.length - 1)];
    asked.times += 1;
    if (answer instanceof Error) throw answer;
    return new Map([['orders-0', answer ?? -1]]);
  };
  return { asked, ask };
}

const until = (condition: () => boolean): Promise<true> =>
  vi.waitUntil(condition, { timeout: 20_000, interval: 10 });

describe('the watch for leaders that move', () => {
  it('ends a session whose attempts wait for a broker that leads no more', async () => {
    const { asked, ask } = leaders(1, 1, 2);
    using watch = leaderWatch(ask);
    const waiting = lane(600);
    watch.over(OF, waiting);
    await until(() => waiting.moved > 0);
    expect(asked.times).toBe(3);
    // The next session began at the new leader, and stays.
    await until(() => asked.times >= 5);
    expect(waiting.moved).toBe(1);
  });

  it('does not take a leader that the client has found by itself for one that moved', async () => {
    const { asked, ask } = leaders(1, 2);
    using watch = leaderWatch(ask);
    const waiting = lane(600);
    watch.over(OF, waiting);
    await until(() => asked.times >= 1);
    waiting.refresh();
    await until(() => asked.times >= 4);
    expect(waiting.moved).toBe(0);
  });

  it('leaves a session alone while nobody leads, or nobody can tell', async () => {
    const { asked, ask } = leaders(1, -1, new Error('no broker answers'), 1);
    using watch = leaderWatch(ask);
    const waiting = lane(600);
    watch.over(OF, waiting);
    await until(() => asked.times >= 5);
    expect(waiting.moved).toBe(0);
  });

  it('asks once where metadata is new, and not again while its answers come', async () => {
    const { asked, ask } = leaders(1, 2);
    using watch = leaderWatch(ask);
    const well = lane(3);
    const other = leaders(1);
    using clockwork = leaderWatch(other.ask);
    watch.over(OF, well);
    clockwork.over(OF, lane(600));
    await until(() => other.asked.times >= 4);
    expect([asked.times, well.moved]).toEqual([1, 0]);
  });
});
