import type { PartitionDescription } from '../clients/kafka/port.ts';
import { showPartition } from '../record/names.ts';
import type { ChangeKind } from './change.ts';
import { isAstray } from './leaders-home.ts';
import { carryOut } from './order.ts';
import { textsOf, unknownKeys } from './params.ts';

/**
 * elect-preferred: the first replica of each partition is made its leader, where it is in sync.
 * Proved by the metadata. When every partition was led so before, there is nothing to see, and it
 * did not take: a cluster that does it by itself (auto.leader.rebalance.enable) comes first.
 */
export const electPreferred: ChangeKind = {
  name: 'elect-preferred',
  needs: () => [],
  problems: (params, { topics }) => [
    ...unknownKeys(params, ['topics']),
    ...(params['topics'] !== undefined && textsOf(params, 'topics') === undefined
      ? ['topics: expected a list of topics']
      : []),
    ...(textsOf(params, 'topics') ?? [])
      .filter((name) => !topics.some((topic) => topic.name === name))
      .map((name) => `there is no topic "${name}"`),
  ],
  perform: async (input) => {
    const { params, sut, signal } = input;
    await using admin = await sut.clients('check').admin(signal);
    const names = textsOf(params, 'topics');
    const look = async (): Promise<readonly PartitionDescription[]> =>
      names === undefined ? admin.allTopics() : admin.topics(names);
    const astray = (await look()).filter(isAstray);
    if (astray.length === 0) {
      return {
        took: false,
        seen: 'every leader was the preferred one: there was nothing to elect',
      };
    }
    const after = await carryOut(
      {
        what: 'preferred leaders elected',
        give: () => admin.electPreferred(astray),
        look,
        until: (all) => all.length > 0 && !all.some(isAstray),
        show: (all) => {
          const left = all.filter(isAstray).map(showPartition);
          return left.length === 0 ? 'all elected' : `not yet ${left.join(', ')}`;
        },
      },
      input,
    );
    const epochs = astray.filter((before) => !hasNewEpoch(before, after)).map(showPartition);
    return epochs.length > 0
      ? { took: false, seen: `${epochs.join(', ')} had no election: the epoch is the same` }
      : { took: true, seen: `${astray.length} partitions went to their preferred leaders` };
  },
};

const hasNewEpoch = (
  before: PartitionDescription,
  after: readonly PartitionDescription[],
): boolean =>
  after.some(
    (now) => showPartition(now) === showPartition(before) && now.leaderEpoch > before.leaderEpoch,
  );
