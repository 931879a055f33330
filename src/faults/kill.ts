import { type Clock } from '../core/clock.ts';
import { HighwaterError } from '../core/errors.ts';
import { ms, seconds } from '../core/time.ts';
import { waitFor } from '../core/wait-for.ts';
import type { Controls, Node } from '../environments/node.ts';
import type { Sut } from '../systems/system.ts';
import type { Effect, Engaged } from './fault.ts';

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

/** Starts the victims that are down; those that somebody else brought back are left alone. */
export async function startAgain(victims: readonly Victim[], signal: AbortSignal): Promise<void> {
  await Promise.all(
    victims.map(async ({ node, process }) => {
      if ((await node.look(signal)).state === 'down') await process.start(signal);
    }),
  );
}

/** The undo and the second look that every kill shares. */
export function healedByStart(
  victims: readonly Victim[],
  input: { readonly sut: Sut; readonly clock: Clock },
): Pick<Engaged, 'heal' | 'confirmHeal'> {
  return {
    heal: (signal) => startAgain(victims, signal),
    confirmHeal: async (signal): Promise<Effect> => {
      const seen: string[] = [];
      for (const victim of victims) seen.push(await seenBack(victim, input, signal));
      return { took: true, seen: seen.join('; ') };
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
      show: (now) => `${now.state}, ${now.answers ? 'answers' : 'does not answer'}`,
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
