import type { Clock } from '../../core/clock.ts';
import { ms, seconds } from '../../core/time.ts';
import { waitFor } from '../../core/wait-for.ts';
import type { NodeState } from '../../environments/node.ts';
import { showPartition } from '../../record/names.ts';
import type { Effect, EngageInput, FaultKind } from '../fault.ts';
import { healedByStart, type Victim, victimsOf } from './kill.ts';

/**
 * stop: the process is asked to leave (SIGTERM) and stays away until the heal. What sets it apart
 * from `down` is that it says goodbye: a broker hands its leaderships over before it ends
 * (controlled shutdown), so writes hardly stop. That this happened is what has to be seen, and it
 * is seen from the others: right after the process ended nobody takes it for a leader any more,
 * while one that was killed leads on in their eyes until its session is over.
 */
export const stop: FaultKind = {
  name: 'stop',
  needs: () => ['process.terminate', 'process.start'],
  problems: (params) =>
    Object.keys(params).map((key) => `fault stop: unknown parameter "${key}" (it has none)`),
  engage: async (input) => {
    const victims = await victimsOf(input.targets, input.signal);
    await Promise.all(victims.map(({ process }) => process.kill('SIGTERM')));
    return {
      mechanism: `SIGTERM to ${victims.map(showVictim).join(', ')}`,
      confirm: async (signal) => {
        const ends = await untilLeft(victims, input.clock, signal);
        const rough = ends.find(({ ended }) => !isByTerm(ended));
        if (rough !== undefined) {
          return { took: false, seen: `${rough.id} ended otherwise: ${rough.ended ?? 'unknown'}` };
        }
        return handedOver(victims, input, signal);
      },
      ...healedByStart(victims, input),
    };
  },
};

/** "broker-1 (4711:99)". */
export const showVictim = ({ node, incarnation }: Victim): string => `${node.id} (${incarnation})`;

/**
 * Kafka in KRaft mode waits up to five minutes for its leaderships to move; no step lasts so long.
 */
const LEAVING_LIMIT = seconds(60);

/** Waits until the life that each victim had is over, and tells how it ended. */
export function untilLeft(
  victims: readonly Victim[],
  clock: Clock,
  signal: AbortSignal,
): Promise<{ readonly id: string; readonly ended: string | null }[]> {
  return Promise.all(
    victims.map(async ({ node, incarnation }) => {
      const last = await waitFor(
        {
          what: `${node.id} left`,
          look: (inner) => node.look(inner),
          show: (now: NodeState) => `${now.state}, incarnation ${now.incarnation}`,
        },
        {
          clock,
          signal,
          within: LEAVING_LIMIT,
          every: ms(20),
          until: (now) => now.incarnation !== incarnation,
          code: 'FAULT_INEFFECTIVE',
        },
      );
      return { id: node.id, ended: last.ended };
    }),
  );
}

/** A JVM that is asked to leave runs its shutdown hooks and exits with 128 + SIGTERM by itself. */
const isByTerm = (ended: string | null): boolean =>
  ended === 'exit code 143' || ended === 'exit code 0' || ended === 'signal SIGTERM';

async function handedOver(
  victims: readonly Victim[],
  { sut, topics }: Pick<EngageInput, 'sut' | 'topics'>,
  signal: AbortSignal,
): Promise<Effect> {
  const ids = victims.map(({ node }) => node.id);
  const now = await sut.leadership(topics, signal);
  const kept = now.filter(({ leader }) => leader !== null && ids.includes(leader));
  const names = ids.join(', ');
  if (kept.length > 0) {
    const [first] = kept;
    return {
      took: false,
      seen:
        `${names} ended without handing over: it still leads ${kept.length} partitions, ` +
        `${showPartition(first as (typeof kept)[number])} among them`,
    };
  }
  return { took: true, seen: `ended by SIGTERM, and leads no partition any more: ${names}` };
}
