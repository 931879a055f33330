import { HighwaterError } from '../../core/errors.ts';
import type { JsonObject } from '../../core/json.ts';
import { showPartition, type TopicPartition } from '../../record/names.ts';
import type { EngageInput, FaultKind } from '../fault.ts';
import { wipeProblems } from '../limits.ts';
import { healedByStart, untilGone, type Victim, victimsOf } from './kill.ts';

/**
 * down: the process dies by SIGKILL and stays away until the heal. Nothing is flushed and nobody is
 * told: the others notice by silence (session time-out), which is what a machine's death looks
 * like. With `wipe` the partition's folder is deleted while the process is away: the disk died too;
 * of one replica, never of a voter, and of the last copy only with `lastCopy`.
 */
export const down: FaultKind = {
  name: 'down',
  needs: (params) => [
    'process.kill',
    'process.start',
    ...(wipeOf(params) === null ? [] : (['volume.wipe'] as const)),
  ],
  problems: (params) => {
    const unknown = Object.keys(params).filter((key) => key !== 'wipe' && key !== 'lastCopy');
    const lastCopy = params['lastCopy'];
    const wipe = params['wipe'] ?? null;
    return [
      ...unknown.map((key) => `fault down: unknown parameter "${key}" (known: wipe, lastCopy)`),
      ...(wipe !== null && wipeOf(params) === null
        ? ['fault down: wipe must be { topic, partition }']
        : []),
      ...(lastCopy === undefined || (lastCopy === true && wipe !== null)
        ? []
        : ['fault down: lastCopy must be true, and goes with wipe']),
    ];
  },
  misfits: ({ target, params }, { roles, topics }) => {
    const wipe = wipeOf(params);
    const lastCopy = params['lastCopy'] === true;
    return wipe === null ? [] : wipeProblems(wipe, target, { roles, topics, lastCopy });
  },
  engage: async (input) => {
    const victims = await victimsOf(input.targets, input.signal);
    const wipe = wipeOf(input.params);
    if (wipe !== null) await refuseLastCopy(wipe, input);
    await Promise.all(victims.map(({ process }) => process.kill('SIGKILL')));
    if (wipe !== null) {
      await untilGone(victims, input.clock, input.signal);
      await Promise.all(victims.map((victim) => wipeReplica(victim, wipe, input)));
    }
    return {
      mechanism:
        `SIGKILL to ${victims.map(({ node, incarnation }) => `${node.id} (${incarnation})`).join(', ')}` +
        (wipe === null ? '' : `, folder of ${showPartition(wipe)} deleted`),
      confirm: async (signal) => {
        await untilGone(victims, input.clock, signal);
        for (const { node } of victims) {
          const now = await node.look(signal);
          if (now.state !== 'down')
            return { took: false, seen: `${node.id} is ${now.state} again` };
          if (await input.sut.answers(node.id, signal)) {
            return {
              took: false,
              seen: `process of ${node.id} is gone, but somebody answers for it`,
            };
          }
        }
        const names = victims.map(({ node }) => node.id).join(', ');
        return { took: true, seen: `process gone and its address refuses: ${names}` };
      },
      ...healedByStart(victims, input),
    };
  },
};

function wipeOf(params: JsonObject): TopicPartition | null {
  const wipe = params['wipe'];
  if (wipe === null || typeof wipe !== 'object' || Array.isArray(wipe)) return null;
  const { topic, partition } = wipe as { topic?: unknown; partition?: unknown };
  if (typeof topic !== 'string' || typeof partition !== 'number') return null;
  return { topic, partition };
}

/** Throws when nobody but the targets is in sync: what they hold would be gone for good. */
async function refuseLastCopy(
  of: TopicPartition,
  { targets, params, sut, signal }: EngageInput,
): Promise<void> {
  if (params['lastCopy'] === true) return;
  const ids = targets.map(({ id }) => id);
  const all = await sut.leadership([of.topic], signal);
  const isr = all.find(({ partition }) => partition === of.partition)?.isr ?? [];
  if (isr.some((id) => !ids.includes(id))) return;
  const who = isr.join(', ') || 'nobody';
  throw new HighwaterError(
    'TARGET_REFUSED',
    `the last copy of ${showPartition(of)} is not wiped: in sync is ${who}`,
    { hint: 'with lastCopy: true the step says that it means just that' },
  );
}

async function wipeReplica(
  victim: Victim,
  of: TopicPartition,
  { sut }: EngageInput,
): Promise<void> {
  const volumes = victim.node.control('volumes');
  const { volume, folder } = sut.replicaFolder(of);
  if (volumes === undefined) {
    throw new HighwaterError(
      'FAULT_FAILED',
      `cannot wipe ${volume}/${folder} of ${victim.node.id} here`,
    );
  }
  const before = await volumes.list(volume, folder);
  if (before.length === 0) {
    throw new HighwaterError(
      'FAULT_FAILED',
      `${victim.node.id} has no ${volume}/${folder} to wipe`,
      {
        hint: 'the target must hold a replica of the partition whose folder is wiped',
      },
    );
  }
  await volumes.wipe(volume, folder);
}
