import type { Json, JsonObject } from '../core/json.ts';
import type { TopicPlan } from '../record/plan.ts';
import type { ChangeKind } from './change.ts';
import { carryOut } from './order.ts';
import { countOf, recordOf, textOf, unknownKeys } from './params.ts';

/**
 * create-topic: a topic is created beside those under load. Proved by the metadata, where every
 * partition has a leader and all of its replicas in sync, and by its configuration read back.
 */
export const createTopic: ChangeKind = {
  name: 'create-topic',
  needs: () => [],
  problems: (params, { topics, roles }) => {
    const plan = topicOf(params);
    const brokers = roles.find(({ role }) => role === 'broker')?.countMax ?? 0;
    if (plan === undefined) {
      return ['expected topic, partitions, replication, and minInSync and config if need be'];
    }
    return [
      ...unknownKeys(params, ['topic', 'partitions', 'replication', 'minInSync', 'config']),
      ...(topics.some(({ name }) => name === plan.name)
        ? [`topic "${plan.name}" is there from the start`]
        : []),
      ...(plan.replication > brokers
        ? [`replication ${plan.replication} needs as many brokers, there are ${brokers}`]
        : []),
      ...(plan.minInSync > plan.replication ? ['minInSync must not be above replication'] : []),
    ];
  },
  perform: async (input) => {
    const { params, sut, signal } = input;
    const plan = topicOf(params) as TopicPlan;
    await using admin = await sut.clients('check').admin(signal);
    const partitions = await carryOut(
      {
        what: `topic ${plan.name} whole`,
        give: () => admin.createTopic(plan),
        look: () => admin.topics([plan.name]),
        until: (all) =>
          all.length === plan.partitions &&
          all.every(
            ({ leader, isr, replicas }) =>
              leader !== null &&
              replicas.length === plan.replication &&
              isr.length === replicas.length,
          ),
        show: (all) => `${all.length} of ${plan.partitions} partitions known`,
      },
      input,
    );
    const config = await admin.config({ topic: plan.name });
    const wanted = { 'min.insync.replicas': String(plan.minInSync), ...plan.config };
    const other = Object.entries(wanted).filter(([key, value]) => config[key] !== value);
    if (other.length > 0) {
      return { took: false, seen: `${plan.name} does not have ${other.map(String).join('; ')}` };
    }
    return { took: true, seen: `${plan.name} has ${partitions.length} partitions, all in sync` };
  },
};

/**
 * delete-topic: a topic is deleted beside those under load. Proved by the metadata, and by the
 * disks: the folder of partition 0 is not where it was on any node.
 */
export const deleteTopic: ChangeKind = {
  name: 'delete-topic',
  needs: () => ['volume.read'],
  problems: (params, { topics }) => {
    const name = textOf(params, 'topic');
    return [
      ...unknownKeys(params, ['topic']),
      ...(name === undefined ? ['topic: expected the name of a topic'] : []),
      ...(topics.some((topic) => topic.name === name)
        ? [`topic "${name}" is under load: its records would be lost on purpose`]
        : []),
    ];
  },
  perform: async (input) => {
    const { params, sut, signal } = input;
    const name = textOf(params, 'topic') ?? '';
    await using admin = await sut.clients('check').admin(signal);
    const before = (await admin.allTopics()).filter(({ topic }) => topic === name);
    if (before.length === 0) return { took: false, seen: `there was no topic ${name}` };
    const { volume, folder } = sut.replicaFolder({ topic: name, partition: 0 });
    await carryOut(
      {
        what: `topic ${name} gone`,
        give: () => admin.deleteTopic(name),
        look: async () => {
          const left = (await admin.allTopics()).filter(({ topic }) => topic === name);
          const folders: string[] = [];
          for (const node of sut.nodes.filter(({ role }) => role === 'broker')) {
            const files = await node.control('volumes')?.list(volume, folder);
            if (files !== undefined && files.length > 0) folders.push(node.id);
          }
          return { partitions: left.length, folders };
        },
        until: ({ partitions, folders }) => partitions === 0 && folders.length === 0,
        show: ({ partitions, folders }) =>
          `${partitions} partitions in the metadata, files on ${folders.join(', ') || 'no node'}`,
      },
      input,
    );
    return { took: true, seen: `${name} is out of the metadata and off the disks` };
  },
};

const isText = (value: Json): value is string => typeof value === 'string';

function topicOf(params: JsonObject): TopicPlan | undefined {
  const name = textOf(params, 'topic');
  const partitions = countOf(params, 'partitions');
  const replication = countOf(params, 'replication');
  const minInSync = params['minInSync'] === undefined ? 1 : countOf(params, 'minInSync');
  const config = params['config'] === undefined ? {} : recordOf<string>(params, 'config', isText);
  if (name === undefined || partitions === undefined || replication === undefined) return undefined;
  if (minInSync === undefined || config === undefined) return undefined;
  return { name, partitions, replication, minInSync, config };
}
