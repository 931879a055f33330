import { showPartition, type TopicPartition } from '../../../record/names.ts';
import type { BrokerCalls } from '../broker-calls.ts';
import { newestMetadata } from '../newest-metadata.ts';

/**
 * Notices that a partition's leader moved while sends to it wait for an answer. A broker that dies
 * closes its connections, and kafkajs looks for the new leader at once; one that is paused or cut
 * off does not, and its clients would wait out their whole time limit long after another
 * broker took over.
 */
export interface LeaderWatch extends Disposable {
  /** Watches over a lane for as long as the watch lives. */
  over(of: TopicPartition, lane: WatchedLane): void;
}

/** What the watch has to know of a lane. */
export interface WatchedLane {
  /** Stands for what its client knows of leaders: another object after each refresh; or none. */
  metadata(): object | undefined;
  /** How long the oldest attempt under way has been waiting, in milliseconds. */
  waiting(): number;
  /** The partition has another leader than the client knows: what waits there ends. */
  leaderMoved(): void;
}

const LOOK_EVERY_MS = 250;
/** A lane is in trouble when an answer takes longer; otherwise nobody is asked anything. */
const TROUBLE_AFTER_MS = 500;

interface Watched {
  readonly of: TopicPartition;
  readonly lane: WatchedLane;
  /** Who led the partition when this metadata was first seen. */
  known: { readonly metadata: object; readonly leader: number } | undefined;
}

/** Who leads each partition of the topics now, by `topic-partition`; negative where nobody does. */
export type Leaders = (topics: readonly string[]) => Promise<ReadonlyMap<string, number>>;

/** Starts watching; dispose ends it. */
export function leaderWatch(leaders: Leaders): LeaderWatch {
  const watched: Watched[] = [];
  let looking = false;
  const timer = setInterval(() => {
    const asking = watched.filter(isWorthALook);
    if (looking || asking.length === 0) return;
    looking = true;
    void look(leaders, asking).finally(() => {
      looking = false;
    });
  }, LOOK_EVERY_MS);
  return {
    over: (of, lane) => void watched.push({ of, lane, known: undefined }),
    [Symbol.dispose]: () => clearInterval(timer),
  };
}

/** Asks all brokers, and believes the one that knows most. */
export const leadersBy =
  (calls: BrokerCalls): Leaders =>
  async (topics) => {
    const metadata = await newestMetadata(calls, topics);
    return new Map(
      metadata.topics.flatMap((topic) =>
        topic.partitions.map(({ partitionIndex, leaderId }) => [
          showPartition({ topic: topic.name ?? '', partition: partitionIndex }),
          leaderId,
        ]),
      ),
    );
  };

function isWorthALook({ lane, known }: Watched): boolean {
  const metadata = lane.metadata();
  if (metadata === undefined) return false;
  return metadata !== known?.metadata || lane.waiting() > TROUBLE_AFTER_MS;
}

async function look(leaders: Leaders, asking: readonly Watched[]): Promise<void> {
  const before = asking.map(({ lane }) => lane.metadata());
  try {
    const found = await leaders([...new Set(asking.map(({ of }) => of.topic))]);
    asking.forEach((each, index) => {
      compare(each, before[index], found);
    });
  } catch {
    // Nobody can tell; the lanes' own limits end what waits, and the next look comes soon.
  }
}

function compare(
  watched: Watched,
  metadata: object | undefined,
  leaders: ReadonlyMap<string, number>,
): void {
  const { of, lane, known } = watched;
  const leader = leaders.get(showPartition(of)) ?? -1;
  // Without a leader there is nowhere to move to; what was refreshed meanwhile is for the next
  // look.
  if (leader < 0 || metadata === undefined || lane.metadata() !== metadata) return;
  if (known?.metadata !== metadata) watched.known = { metadata, leader };
  else if (known.leader !== leader) lane.leaderMoved();
}
