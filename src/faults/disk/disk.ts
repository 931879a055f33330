/**
 * Harm to the disk that a node writes to. It is done to the node's volume, past the node, which has
 * to find out for itself; so the proof is twofold: the volume is as it was to be made, and the node
 * has given up. A broker with one log directory halts when that fails (log.dirs, KIP-112), and
 * comes back only by a new start on a disk that works.
 */
import { HighwaterError } from '../../core/errors.ts';
import type { JsonObject } from '../../core/json.ts';
import { ms, seconds } from '../../core/time.ts';
import { waitFor } from '../../core/wait-for.ts';
import type { Capability } from '../../environments/capabilities.ts';
import type { Controls } from '../../environments/node.ts';
import type { Leadership } from '../../systems/system.ts';
import type { Effect, EngageInput, FaultKind } from '../fault.ts';
import { rolesOf } from '../limits.ts';
import { healedByStart, untilGone, type Victim, victimsOf } from '../process/kill.ts';

/** One kind of harm to a volume. */
export interface DiskHarm {
  readonly name: string;
  readonly needs: readonly Capability[];
  /** Does it to one volume, in words for the record. */
  harm(volumes: Controls['volumes'], volume: string): Promise<string>;
  /** What is still wrong about the harm, or null when the volume is as it was to be made. */
  lacks(volumes: Controls['volumes'], volume: string): Promise<string | null>;
  undo(volumes: Controls['volumes'], volume: string): Promise<void>;
}

/** A fault that does this to the volume `data`, or to another one that is named. */
export const diskFault = (kind: DiskHarm): FaultKind => ({
  name: kind.name,
  needs: () => ['process.kill', 'process.start', ...kind.needs],
  problems: (params) => [
    ...Object.keys(params)
      .filter((key) => key !== 'volume')
      .map((key) => `fault ${kind.name}: unknown parameter "${key}" (known: volume)`),
    ...(typeof volumeOf(params) === 'string' ? [] : [`fault ${kind.name}: volume must be a name`]),
  ],
  misfits: ({ target, params }, { roles }) =>
    rolesOf(target, roles)
      .filter(({ volumeLimits = {} }) => !Object.hasOwn(volumeLimits, String(volumeOf(params))))
      .map(
        ({ role }) =>
          `fault ${kind.name}: volume "${volumeOf(params)}" of role "${role}" has no limit ` +
          '(kafka.dataLimitMiB gives brokers one)',
      ),
  engage: async (input) => {
    const volume = String(volumeOf(input.params));
    const hit = await hitsOf(input);
    const harmed = await Promise.all(hit.map(({ volumes }) => kind.harm(volumes, volume)));
    const victims = hit.map(({ victim }) => victim);
    const undo = healedByStart(victims, input);
    return {
      mechanism: hit
        .map(({ victim }, at) => `${volume} of ${victim.node.id}: ${harmed[at]}`)
        .join('; '),
      confirm: async (signal) => {
        for (const { volumes, victim } of hit) {
          const lacks = await kind.lacks(volumes, volume);
          if (lacks !== null) return { took: false, seen: `${victim.node.id}: ${lacks}` };
        }
        const seen = await Promise.all(
          victims.map((victim) => seenToGiveUp(victim, input, signal)),
        );
        return { took: true, seen: seen.join('; ') };
      },
      heal: async (signal) => {
        // Nobody gets a disk mended under open files, and a node that lost its only one is no use.
        await Promise.all(victims.map(({ process }) => process.kill('SIGKILL')));
        await untilGone(victims, input.clock, signal);
        await Promise.all(hit.map(({ volumes }) => kind.undo(volumes, volume)));
        await undo.heal(signal);
      },
      confirmHeal: async (signal) => {
        const { seen } = await undo.confirmHeal(signal);
        return inSyncAgain(victims, { ...input, seen }, signal);
      },
    };
  },
});

const volumeOf = (params: JsonObject): unknown => params['volume'] ?? 'data';

interface Hit {
  readonly victim: Victim;
  readonly volumes: Controls['volumes'];
}

async function hitsOf({ targets, signal }: EngageInput): Promise<Hit[]> {
  return (await victimsOf(targets, signal)).map((victim) => {
    const volumes = victim.node.control('volumes');
    if (volumes !== undefined) return { victim, volumes };
    throw new HighwaterError('FAULT_FAILED', `${victim.node.id} has no volumes to harm here`);
  });
}

async function seenToGiveUp(
  { node, incarnation }: Victim,
  { sut, clock }: EngageInput,
  signal: AbortSignal,
): Promise<string> {
  const last = await waitFor(
    {
      what: `${node.id} gives up`,
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
      // It takes a moment from the last answer to the end of the process.
      steadyFor: seconds(1),
      code: 'FAULT_INEFFECTIVE',
      until: (now) => now.incarnation !== incarnation || !now.answers,
    },
  );
  const { state, ended } = last;
  return state === 'down'
    ? `${node.id} gave up (${ended ?? 'ended'})`
    : `${node.id} is ${state} and does not answer`;
}

/** Every replica that the victims hold is in sync again: what they missed is on their disks. */
async function inSyncAgain(
  victims: readonly Victim[],
  { sut, clock, topics, seen }: EngageInput & { readonly seen: string },
  signal: AbortSignal,
): Promise<Effect> {
  const ids = victims.map(({ node }) => node.id);
  const behind = (all: readonly Leadership[]): number =>
    all.filter(({ replicas, isr }) => ids.some((id) => replicas.includes(id) && !isr.includes(id)))
      .length;
  await waitFor(
    {
      what: `${ids.join(', ')} back in sync`,
      look: (inner) => sut.leadership(topics, inner),
      show: (all) => `${behind(all)} partitions without it`,
    },
    {
      clock,
      signal,
      within: seconds(60),
      every: ms(200),
      code: 'FAULT_INEFFECTIVE',
      until: (all) => behind(all) === 0,
    },
  );
  return { took: true, seen: `${seen}; back in sync everywhere` };
}
