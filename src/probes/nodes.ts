import { ms } from '../core/time.ts';
import type { HeldNodes } from './held-nodes.ts';
import type { Watch } from './watch.ts';

/**
 * Records when a node comes, goes, or is another incarnation than before, and whether a fault or a
 * planned change held it since the look before: a node that was let go between two looks came back
 * by our hand, although nobody holds it any more.
 */
export function nodesWatch(held: HeldNodes): Watch {
  const last = new Map<string, string>();
  const touches = new Map<string, number>();
  return {
    name: 'nodes',
    every: ms(250),
    look: async ({ sut, recorder, clock, signal }) => {
      for (const node of sut.nodes) {
        const before = touches.get(node.id) ?? 0;
        const { state, incarnation, ended } = await node.look(signal);
        const isOurs = held.has(node.id) || held.touches(node.id) !== before;
        touches.set(node.id, held.touches(node.id));
        const now = `${state} ${incarnation}`;
        if (last.get(node.id) === now) continue;
        const expected = !last.has(node.id) || isOurs;
        last.set(node.id, now);
        recorder.event(
          { kind: 'node', node: node.id, state, incarnation, ended, expected },
          clock.now(),
        );
      }
    },
  };
}
