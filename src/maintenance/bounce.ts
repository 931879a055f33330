import { HighwaterError } from '../core/errors.ts';
import { minutes, ms, type Span, spanBetween } from '../core/time.ts';
import { showSpan } from '../core/units.ts';
import { waitFor } from '../core/wait-for.ts';
import type { NodeSpec } from '../environments/node.ts';
import type { NodeId } from '../record/names.ts';
import type { ChangeInput, ChangeResult } from './change.ts';
import { livingNode, stopNode, untilWhole } from './whole.ts';

/** A node that was restarted, with the life before and the one after. */
export interface Bounced {
  readonly id: NodeId;
  readonly before: string;
  readonly after: string;
  /** From the SIGTERM until the system was whole again. */
  readonly took: Span;
}

/**
 * Restarts one node the way an operator does: SIGTERM, wait until it is gone, start, wait until it
 * answers as itself and the system is whole. With `next` it comes back as that spec has it.
 */
export async function bounce(id: NodeId, input: ChangeInput, next?: NodeSpec): Promise<Bounced> {
  const { clock, signal, note } = input;
  const living = await livingNode(id, input);
  const { node, incarnation: before } = living;
  const control = node.control('process');
  const start = next === undefined ? control?.start : control?.replace?.bind(null, next);
  if (start === undefined) {
    throw new HighwaterError('CHANGE_FAILED', `${id} cannot be started again here`);
  }
  const from = clock.now();
  input.hold([id]);
  note(`stops ${id} by SIGTERM`, [id]);
  const { after: goneAfter, ended } = await stopNode(living, input);
  await start(signal);
  const after = await untilBack(id, before, input);
  const backAfter = spanBetween(from, clock.now());
  await untilWhole(input);
  const took = spanBetween(from, clock.now());
  note(
    `${id} is back${next === undefined ? '' : ` as ${next.software.version}`}: ` +
      `gone after ${showSpan(goneAfter)} (${ended ?? 'how is not known'}), ` +
      `answered after ${showSpan(backAfter)}, all whole after ${showSpan(took)}`,
    [id],
  );
  input.release([id]);
  return { id, before, after, took };
}

/** Another life runs, and the node itself answers for its identity; the new life. */
async function untilBack(id: NodeId, before: string, input: ChangeInput): Promise<string> {
  const { sut, clock, signal } = input;
  const back = await waitFor(
    {
      what: `${id} back`,
      look: async (inner) => {
        const node = sut.nodes.find((each) => each.id === id);
        const state = await node?.look(inner);
        return { ...state, answers: await sut.answers(id, inner) };
      },
      show: (now) => `${now.state}, ${now.answers ? 'answers' : 'does not answer'}`,
    },
    {
      clock,
      signal,
      within: minutes(2),
      every: ms(100),
      until: ({ state, incarnation, answers }) =>
        state === 'up' && incarnation !== before && answers,
    },
  );
  return back.incarnation ?? '';
}

/**
 * Looks again at all of them at the end: each runs in a life that began after the change did, and
 * answers.
 */
export async function provenBounced(
  bounced: readonly Bounced[],
  { sut, signal }: ChangeInput,
): Promise<ChangeResult> {
  const doubts: string[] = [];
  for (const { id, before, after } of bounced) {
    const state = await sut.nodes.find((node) => node.id === id)?.look(signal);
    if (state?.state !== 'up') doubts.push(`${id} is ${state?.state ?? 'gone'}`);
    else if (state.incarnation === before) doubts.push(`${id} has the life that it had before`);
    else if (state.incarnation !== after) doubts.push(`${id} was started by somebody else, too`);
    else if (!(await sut.answers(id, signal))) doubts.push(`${id} does not answer for itself`);
  }
  if (bounced.length === 0) doubts.push('there was no node to restart');
  const each = bounced.map(({ id, took }) => `${id} in ${showSpan(took)}`).join(', ');
  return doubts.length > 0
    ? { took: false, seen: doubts.join('; ') }
    : { took: true, seen: `one after the other, each in a new life and answering: ${each}` };
}
