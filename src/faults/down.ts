import { HighwaterError } from '../core/errors.ts';
import type { JsonObject } from '../core/json.ts';
import { showPartition, type TopicPartition } from '../record/names.ts';
import type { EngageInput, FaultKind } from './fault.ts';
import { healedByStart, untilGone, type Victim, victimsOf } from './kill.ts';

/**
 * down: the process dies by SIGKILL and stays away until the heal. Nothing is flushed and nobody is
 * told: the others notice by silence (session time-out), which is what a machine's death looks
 * like. With `wipe` the partition's folder is deleted while the process is away: the disk died too.
 */
export const down: FaultKind = {
  name: 'down',
  needs: (params) => [
    'process.kill',
    'process.start',
    ...(wipeOf(params) === null ? [] : (['volume.wipe'] as const)),
  ],
  problems: (params) => {
    const unknown = Object.keys(params).filter((key) => key !== 'wipe');
    const wipe = params['wipe'] ?? null;
    return [
      ...unknown.map((key) => `fault down: unknown parameter "${key}" (known: wipe)`),
      ...(wipe !== null && wipeOf(params) === null
        ? ['fault down: wipe must be { topic, partition }']
        : []),
    ];
  },
  engage: async (input) => {
    const victims = await victimsOf(input.targets, input.signal);
    await Promise.all(victims.map(({ process }) => process.kill('SIGKILL')));
    const wipe = wipeOf(input.params);
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
