import { type Clock } from '../../core/clock.ts';
import { HighwaterError, isHighwaterError } from '../../core/errors.ts';
import { ms, seconds, spanBetween } from '../../core/time.ts';
import { showSpan } from '../../core/units.ts';
import { waitFor } from '../../core/wait-for.ts';
import type { Controls, Node } from '../../environments/node.ts';
import type { Sut } from '../../systems/system.ts';
import type { Effect, Engaged } from '../fault.ts';

/** A node that a fault is about to kill, with the life it has now. */
export interface Victim {
  readonly node: Node;
  readonly process: Controls['process'];
  readonly incarnation: string;
}

/**
 * Takes note of the life that each target has now; throws when one is already down or cannot be
 * killed here.
 */
export async function victimsOf(targets: readonly Node[], signal: AbortSignal): Promise<Victim[]> {
  if (targets.length === 0) throw new HighwaterError('FAULT_FAILED', 'no target to kill');
  return Promise.all(
    targets.map(async (node) => {
      const process = node.control('process');
      const { state, incarnation } = await node.look(signal);
      if (process === undefined || incarnation === null) {
        throw new HighwaterError('FAULT_FAILED', `cannot kill ${node.id}: it is ${state}`, {
          hint: 'a fault needs a running target; look at the steps before this one',
        });
      }
      return { node, process, incarnation };
    }),
  );
}

/** Waits until the life that each victim had is over, whatever came after it. */
export async function untilGone(
  victims: readonly Victim[],
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  for (const { node, incarnation } of victims) {
    await waitFor(
      {
        what: `process of ${node.id} gone`,
        look: (inner) => node.look(inner),
        show: (state) => `${state.state}, incarnation ${state.incarnation}`,
      },
      {
        clock,
        signal,
        within: seconds(5),
        every: ms(10),
        until: (now) => now.incarnation !== incarnation,
        code: 'FAULT_INEFFECTIVE',
      },
    );
  }
}

/**
 * Starts the victims that are down; those that somebody else brought back are left alone. Tells in
 * words what had to be waited for before.
 */
export async function startAgain(
  victims: readonly Victim[],
  input: { readonly sut: Sut; readonly clock: Clock },
  signal: AbortSignal,
): Promise<readonly string[]> {
  const waits = await Promise.all(
    victims.map(async ({ node, process }) => {
      if ((await node.look(signal)).state !== 'down') return [];
      const waited = await untilLetIn(node, input, signal);
      await process.start(signal);
      return waited;
    }),
  );
  return waits.flat();
}

/**
 * Waits while the system would turn the node away. When that does not end, the node is started all
 * the same: the undo is owed, and that it did not last will be seen.
 */
async function untilLetIn(
  node: Node,
  { sut, clock }: { readonly sut: Sut; readonly clock: Clock },
  signal: AbortSignal,
): Promise<readonly string[]> {
  const { keptOut } = sut;
  const why = (await keptOut?.(node.id, signal)) ?? null;
  if (keptOut === undefined || why === null) return [];
  const from = clock.now();
  const probe = {
    what: `${node.id} let in`,
    look: (inner: AbortSignal) => keptOut(node.id, inner),
    show: (now: string | null) => now ?? 'nothing in the way',
  };
  try {
    const wait = { clock, signal, within: seconds(30), every: ms(100) };
    await waitFor(probe, { ...wait, until: (now) => now === null });
  } catch (thrown) {
    if (!isHighwaterError(thrown, 'WAIT_TIMEOUT')) throw thrown;
  }
  return [`started ${showSpan(spanBetween(from, clock.now()))} later, because ${why}`];
}

/** The undo and the second look that every kill shares. */
export function healedByStart(
  victims: readonly Victim[],
  input: { readonly sut: Sut; readonly clock: Clock },
): Pick<Engaged, 'heal' | 'confirmHeal'> {
  let waits: readonly string[] = [];
  return {
    heal: async (signal) => {
      waits = await startAgain(victims, input, signal);
    },
    confirmHeal: async (signal): Promise<Effect> => {
      const seen: string[] = [];
      for (const victim of victims) seen.push(await seenBack(victim, input, signal));
      return { took: true, seen: [...seen, ...waits].join('; ') };
    },
  };
}

/**
 * Another life runs, and the node itself answers for its identity: the process alone would not do.
 */
async function seenBack(
  victim: Victim,
  { sut, clock }: { readonly sut: Sut; readonly clock: Clock },
  signal: AbortSignal,
): Promise<string> {
  const { node, incarnation } = victim;
  const back = await waitFor(
    {
      what: `${node.id} back`,
      look: async (inner) => ({
        ...(await node.look(inner)),
        answers: await sut.answers(node.id, inner),
      }),
      show: ({ state, ended, answers }) =>
        `${state}${ended === null ? '' : ` by ${ended}`}, ${answers ? 'answers' : 'does not answer'}`,
    },
    {
      clock,
      signal,
      within: seconds(60),
      every: ms(100),
      code: 'FAULT_INEFFECTIVE',
      until: (now) => now.state === 'up' && now.incarnation !== incarnation && now.answers,
    },
  );
  return `${node.id} runs as ${back.incarnation} and answers`;
}
