import { showPartition, type TopicPartition } from '../../record/names.ts';
import { metadataOf } from './broker-answers.ts';
import { type BrokerCalls, openBrokerCalls } from './broker-calls.ts';

/**
 * Notices that a partition's leader moved while sends to it wait for an answer. A broker that dies
 * closes its connections, and kafkajs looks for the new leader at once; one that is paused or cut
 * off does not, and its clients would wait out their whole time limit long after another
 * broker took over.
 */
export interface LeaderWatch extends AsyncDisposable {
  /** Watches over a lane for as long as the watch lives. */
  over(of: TopicPartition, lane: WatchedLane): void;
  /** Known brokers, the one that answered last first. */
  bootstrap(): readonly string[];
}

/** What the watch has to know of a lane. */
export interface WatchedLane {
  /** Names the session that is open now; undefined when none is. */
  session(): object | undefined;
  /** How long the oldest attempt of the session has been waiting, in milliseconds. */
  waiting(): number;
  /** The leader moved away from where the session began: it ends. */
  leaderMoved(): void;
}

const LOOK_EVERY_MS = 250;
/** A lane is in trouble when an answer takes longer; otherwise nobody is asked anything. */
const TROUBLE_AFTER_MS = 500;

interface Watched {
  readonly of: TopicPartition;
  readonly lane: WatchedLane;
  /** Who led the partition when this session was first seen. */
  began: { readonly session: object; readonly leader: number } | undefined;
}

/** Starts watching; dispose ends it. */
export function leaderWatch(bootstrap: readonly string[], clientId: string): LeaderWatch {
  const { signal } = new AbortController();
  const calls = openBrokerCalls({ bootstrap, clientId, signal });
  const watched: Watched[] = [];
  let looking = false;
  const timer = setInterval(() => {
    const asking = watched.filter(isWorthALook);
    if (looking || asking.length === 0) return;
    looking = true;
    void look(calls, asking).finally(() => {
      looking = false;
    });
  }, LOOK_EVERY_MS);
  return {
    over: (of, lane) => void watched.push({ of, lane, began: undefined }),
    bootstrap: () => calls.order(),
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await calls[Symbol.asyncDispose]();
    },
  };
}

function isWorthALook({ lane, began }: Watched): boolean {
  const session = lane.session();
  if (session === undefined) return false;
  return session !== began?.session || lane.waiting() > TROUBLE_AFTER_MS;
}

async function look(calls: BrokerCalls, asking: readonly Watched[]): Promise<void> {
  const topics = [...new Set(asking.map(({ of }) => of.topic))];
  const sessions = asking.map(({ lane }) => lane.session());
  let leaders: ReadonlyMap<string, number>;
  try {
    const metadata = await calls.any((connection) => metadataOf(connection, topics));
    leaders = new Map(
      metadata.topics.flatMap((topic) =>
        topic.partitions.map(({ partitionIndex, leaderId }) => [
          showPartition({ topic: topic.name ?? '', partition: partitionIndex }),
          leaderId,
        ]),
      ),
    );
  } catch {
    // Nobody can tell; the lanes' own limits end what waits, and the next look comes soon.
    return;
  }
  asking.forEach((each, index) => compare(each, sessions[index], leaders));
}

function compare(
  watched: Watched,
  session: object | undefined,
  leaders: ReadonlyMap<string, number>,
): void {
  const leader = leaders.get(showPartition(watched.of)) ?? -1;
  // Without a leader there is nowhere to move to; a session that ended in the meantime is not judged.
  if (leader < 0 || session === undefined || watched.lane.session() !== session) return;
  if (watched.began?.session !== session) watched.began = { session, leader };
  else if (watched.began.leader !== leader) watched.lane.leaderMoved();
}
