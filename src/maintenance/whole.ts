import { HighwaterError } from '../core/errors.ts';
import { type Instant, minutes, ms, type Span, spanBetween } from '../core/time.ts';
import { waitFor } from '../core/wait-for.ts';
import type { Node } from '../environments/node.ts';
import type { ChangeInput } from './change.ts';

/**
 * Waits until the system is whole: every node answers as itself and nothing is under-replicated.
 * Operators wait for less: Strimzi stops a broker when no in-sync set falls below its minimum by
 * it. To wait for all of it is never against that rule, and what a restart leaves behind is not
 * carried on to the next.
 */
export async function untilWhole(
  { sut, clock, signal }: ChangeInput,
  within: Span = minutes(3),
): Promise<Span> {
  const from = clock.now();
  await waitFor(sut.readiness, {
    clock,
    signal,
    within,
    every: ms(200),
    until: ({ ready }) => ready,
  });
  return spanBetween(from, clock.now());
}

/** A node with the life that it has now; throws when it is not up. */
export async function livingNode(
  id: string,
  { sut, signal }: ChangeInput,
): Promise<{ readonly node: Node; readonly incarnation: string }> {
  const node = sut.nodes.find((each) => each.id === id);
  if (node === undefined) throw new HighwaterError('CHANGE_FAILED', `there is no node ${id} now`);
  const { state, incarnation } = await node.look(signal);
  if (state !== 'up' || incarnation === null) {
    throw new HighwaterError('CHANGE_FAILED', `${id} is ${state}: nothing to stop`, {
      hint: 'a planned change needs its nodes up; look at the steps before this one',
    });
  }
  return { node, incarnation };
}

/**
 * Ends a node's process by SIGTERM and waits until it is gone. A broker takes its leave first: in
 * KRaft mode it waits up to 5 min for its leaderships to move.
 */
export async function stopNode(
  { node, incarnation }: { readonly node: Node; readonly incarnation: string },
  { clock, signal }: ChangeInput,
): Promise<{ readonly after: Span; readonly ended: string | null }> {
  const process = node.control('process');
  if (process === undefined) {
    throw new HighwaterError('CHANGE_FAILED', `${node.id} cannot be stopped here`);
  }
  const from: Instant = clock.now();
  await process.kill('SIGTERM');
  const gone = await waitFor(
    {
      what: `process of ${node.id} gone after SIGTERM`,
      look: (inner) => node.look(inner),
      show: (state) => `${state.state}, incarnation ${state.incarnation}`,
    },
    {
      clock,
      signal,
      within: minutes(5),
      every: ms(20),
      until: (now) => now.incarnation !== incarnation,
    },
  );
  return { after: spanBetween(from, clock.now()), ended: gone.ended };
}
