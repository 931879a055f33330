import type { Move } from '../clients/kafka/operations.ts';
import type { LogAdmin } from '../clients/kafka/port.ts';
import type { JsonObject } from '../core/json.ts';
import type { TopicPlan } from '../record/plan.ts';
import { brokerNumbers, numberOf } from './broker-numbers.ts';
import type { ChangeInput, ChangeKind } from './change.ts';
import { movePartitions } from './move-partitions.ts';
import { isPlanned, textOf, textsOf, unknownKeys } from './params.ts';
import { isSame, spreadEvenly } from './spread.ts';

/**
 * reassign: the partitions of a topic move to the brokers that are named for each, or are spread
 * evenly over all that are registered; with `without`, over all but those. Proved from the
 * metadata.
 */
export const reassign: ChangeKind = {
  name: 'reassign',
  needs: () => [],
  problems: (params, on) => {
    const topic = on.topics.find(({ name }) => name === params['topic']);
    return [
      ...unknownKeys(params, ['topic', 'replicas', 'without']),
      ...(topic === undefined ? [`there is no topic ${JSON.stringify(params['topic'])}`] : []),
      ...(params['replicas'] === undefined || topic === undefined
        ? []
        : replicaProblems(params, topic)),
      ...[...(replicasOf(params)?.flat() ?? []), ...(textsOf(params, 'without') ?? [])]
        .filter((id) => !isPlanned(id, on.roles))
        .map((id) => `there is no node "${id}"`),
    ];
  },
  perform: async (input) => {
    const { params, sut, signal } = input;
    await using admin = await sut.clients('check').admin(signal);
    const topic = textOf(params, 'topic') ?? '';
    const moves = await movesOf(topic, admin, input);
    if (moves.length === 0) {
      return { took: false, seen: `${topic} lay as it was to lie: there was nothing to move` };
    }
    return { took: true, seen: await movePartitions(moves, admin, input) };
  },
};

async function movesOf(
  topic: string,
  admin: LogAdmin,
  { params, sut }: ChangeInput,
): Promise<readonly Move[]> {
  const [now, numbers] = await Promise.all([admin.topics([topic]), brokerNumbers(sut, admin)]);
  const wanted = replicasOf(params);
  if (wanted === undefined) {
    const without = textsOf(params, 'without') ?? [];
    const onto = [...numbers].filter(([node]) => !without.includes(node));
    return spreadEvenly(
      now,
      onto.map(([, number]) => number),
    );
  }
  const moves = wanted.map((nodes, partition) => ({
    topic,
    partition,
    replicas: nodes.map((node) => numberOf(node, numbers)),
  }));
  return moves.filter(({ partition, replicas }) => {
    const before = now.find((each) => each.partition === partition);
    return before === undefined || !isSame(before.replicas, replicas);
  });
}

/** A list of nodes for each partition in order; undefined when it is none. */
function replicasOf(params: JsonObject): readonly (readonly string[])[] | undefined {
  const { replicas } = params as { replicas?: unknown };
  if (!Array.isArray(replicas)) return undefined;
  const lists = replicas.map((nodes) => textsOf({ nodes }, 'nodes'));
  return lists.every((each) => each !== undefined) ? lists : undefined;
}

function replicaProblems(params: JsonObject, { partitions }: TopicPlan): string[] {
  const replicas = replicasOf(params);
  if (replicas === undefined) return ['replicas: expected a list of node ids for each partition'];
  const lengths = new Set(replicas.map((nodes) => nodes.length));
  return [
    ...(replicas.length === partitions
      ? []
      : [`replicas: ${partitions} partitions need as many lists, got ${replicas.length}`]),
    ...(lengths.size === 1 ? [] : ['replicas: not as many nodes for each partition']),
    ...replicas.flatMap((nodes, index) =>
      new Set(nodes).size === nodes.length
        ? []
        : [`replicas: partition ${index} names a node twice`],
    ),
  ];
}
