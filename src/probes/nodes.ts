import { ms } from '../core/time.ts';
import type { Watch } from './watch.ts';

/**
 * Records when a node comes, goes, or is another incarnation than before. `isExpected` tells
 * whether a fault or a planned change holds the node at that moment.
 */
export function nodesWatch(isExpected: (node: string) => boolean): Watch {
  const last = new Map<string, string>();
  return {
    name: 'nodes',
    every: ms(250),
    look: async ({ sut, recorder, clock, signal }) => {
      for (const node of sut.nodes) {
        const { state, incarnation } = await node.look(signal);
        const now = `${state} ${incarnation}`;
        if (last.get(node.id) === now) continue;
        const first = !last.has(node.id);
        last.set(node.id, now);
        recorder.event(
          {
            kind: 'node',
            node: node.id,
            state,
            incarnation,
            expected: first || isExpected(node.id),
          },
          clock.now(),
        );
      }
    },
  };
}
