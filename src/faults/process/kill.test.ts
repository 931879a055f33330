import { describe, expect, it } from 'vitest';
import { virtualClock } from '../../core/virtual-clock.ts';
import type { Node, NodeState } from '../../environments/node.ts';
import type { Sut } from '../../systems/system.ts';
import { healedByStart, victimsOf } from './kill.ts';

const never = new AbortController().signal;

/** A node of its own, and a system that turns it away for as long as it is told to. */
function aNode(turnedAway: () => string | null) {
  let state: NodeState = { state: 'up', incarnation: 'first', ended: null };
  const starts: (string | null)[] = [];
  const node = {
    id: 'broker-1',
    role: 'broker',
    look: async () => state,
    control: () => ({
      kill: async () => {
        state = { state: 'down', incarnation: null, ended: 'signal SIGKILL' };
      },
      start: async () => {
        starts.push(turnedAway());
        state = { state: 'up', incarnation: 'second', ended: null };
        return 'second';
      },
    }),
  } as unknown as Node;
  const sut = {
    answers: async () => state.state === 'up',
    keptOut: async () => turnedAway(),
  } as Pick<Sut, 'answers' | 'keptOut'> as Sut;
  return { node, sut, starts };
}

async function killAndHeal(turnedAway: (now: number) => string | null) {
  const clock = virtualClock();
  const { node, sut, starts } = aNode(() => turnedAway(clock.now()));
  const victims = await victimsOf([node], never);
  await victims[0]?.process.kill('SIGKILL');
  const undo = healedByStart(victims, { sut, clock });
  await undo.heal(never);
  return { starts, ...(await undo.confirmHeal(never)) };
}

describe('the undo of a kill', () => {
  it('starts the node at once where nothing is in the way', async () => {
    expect(await killAndHeal(() => null)).toEqual({
      starts: [null],
      took: true,
      seen: 'broker-1 runs as second and answers',
    });
  });

  it('waits while the system would turn the node away, and says so', async () => {
    const healed = await killAndHeal((now) => (now < 2_000 ? 'its old session lives' : null));
    expect(healed.starts).toEqual([null]);
    expect(healed.seen).toBe(
      'broker-1 runs as second and answers; started 2 s later, because its old session lives',
    );
  });

  it('starts the node all the same when that does not end', async () => {
    const healed = await killAndHeal(() => 'its old session lives');
    expect(healed.starts).toEqual(['its old session lives']);
    expect(healed.seen).toContain('started 30 s later');
  });
});
