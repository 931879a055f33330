import { ms } from '../../core/time.ts';
import type { SimBatch } from './batch.ts';
import type { Reply } from './network.ts';
import type { Occasion, World } from './occasion.ts';
import type { Produced, ProduceRequest, SimPartition } from './partition.ts';
import type { ReplicaLog } from './replica-log.ts';
import type { Sabotage, SabotageAct } from './sabotage.ts';

/** The places at which one kind of sabotage meddles; it leaves the others alone. */
export interface Act {
  acknowledged?(of: SimPartition, request: ProduceRequest, produced: Produced): void;
  produced?(of: SimPartition, request: ProduceRequest, reply: Reply<Produced>): boolean;
  elected?(of: SimPartition, log: ReplicaLog): void;
  fencingIn?(wait: number): number;
  electionIn?(of: SimPartition): number | null;
  hides?(of: SimPartition, batch: SimBatch): boolean;
  holdsBack?(of: SimPartition): boolean;
}

interface With {
  readonly occasion: Occasion;
  readonly world: World;
}

/** How long a partition gets nothing before its tail goes, and how long a batch waits for its swap. */
const QUIET = ms(500);
const SWAP_WITHIN = ms(2_000);
const STALL = ms(20_000);
/** A fencing so soon after death that no session can have ended. */
const AT_ONCE = ms(20);
const FATAL =
  'Exiting: java.lang.OutOfMemoryError: Java heap space (org.apache.kafka.server.fault.ProcessTerminatingFaultHandler)';

const ACTS: Readonly<Record<SabotageAct, (sabotage: Sabotage, by: With) => Act>> = {
  lose,
  loseTail,
  lie,
  truncateOnElection,
  duplicate,
  reorder,
  corrupt,
  corruptBatch,
  phantom,
  misplace,
  stall,
  failoverTooFast,
  hideFromConsumer,
  lagStuck,
  errorLog,
};

/** What a sabotage does, and where. */
export const actOf = (sabotage: Sabotage, by: With): Act => ACTS[sabotage.act](sabotage, by);

/** Takes the batch before the one that was acknowledged just now, so that the log goes on behind it. */
function lose(_: Sabotage, { occasion }: With): Act {
  const before = new Map<SimPartition, number>();
  return {
    acknowledged: (of, _request, { baseOffset, batch }) => {
      const victim = before.get(of);
      if (batch !== null) before.set(of, baseOffset);
      if (victim === undefined || victim >= baseOffset || !occasion.isDue(of)) return;
      for (const log of of.servingLogs()) log.remove((each) => each.baseOffset === victim);
      occasion.take(of);
    },
  };
}

function loseTail(_: Sabotage, { occasion, world }: With): Act {
  return {
    acknowledged: (of) => {
      if (!occasion.isDue(of)) return;
      const { highWatermark, epoch } = of;
      world.agenda.after(QUIET, () => {
        const isQuiet = of.highWatermark === highWatermark && of.epoch === epoch;
        const leader = of.servingLeader;
        if (!isQuiet || leader === undefined || !occasion.isDue(of)) return;
        const tail = leader.logOf(of).newest(1)[0];
        if (tail === undefined) return;
        of.loseFrom(tail.baseOffset);
        occasion.take(of);
      });
    },
  };
}

function lie(_: Sabotage, { occasion }: With): Act {
  return {
    produced: (of, _request, reply) => {
      if (!occasion.isDue(of)) return false;
      reply.ok({ baseOffset: of.highWatermark, batch: null });
      occasion.take(of);
      return true;
    },
  };
}

function truncateOnElection(_: Sabotage, { occasion }: With): Act {
  return {
    elected: (of, log) => {
      // The first election of a partition finds an empty log.
      if (of.epoch === 0 || !occasion.isOpen(of)) return;
      const last = log.newest(1_000).find(({ lastOffset }) => lastOffset < of.highWatermark);
      if (last === undefined) return;
      log.truncate(last.baseOffset);
      occasion.take(of);
    },
  };
}

function duplicate(_: Sabotage, { occasion }: With): Act {
  return {
    acknowledged: (of, request) => {
      if (!occasion.isDue(of) || of.servingLeader === undefined) return;
      of.append(request, null);
      occasion.take(of);
    },
  };
}

/** Acknowledges a batch before it is appended, and appends it behind its producer's next one. */
function reorder(_: Sabotage, { occasion, world }: With): Act {
  let held: { readonly of: SimPartition; readonly request: ProduceRequest } | undefined;
  const giveUp = (): void => {
    if (held === undefined) return;
    // No partner came, or the leader died: the batch was acknowledged, so it must not be lost.
    if (held.of.servingLeader === undefined) {
      world.agenda.after(QUIET, giveUp);
      return;
    }
    held.of.append(held.request, null);
    held = undefined;
  };
  return {
    produced: (of, request, reply) => {
      if (held === undefined) {
        if (!occasion.isDue(of)) return false;
        held = { of, request };
        reply.ok({ baseOffset: of.highWatermark, batch: null });
        const mine = held;
        world.agenda.after(SWAP_WITHIN, () => {
          if (held === mine) giveUp();
        });
        return true;
      }
      if (held.of !== of || held.request.producer !== request.producer) return false;
      const first = held.request;
      held = undefined;
      of.append(request, reply);
      of.append(first, null);
      occasion.take(of);
      return true;
    },
  };
}

function corrupt(_: Sabotage, { occasion }: With): Act {
  return {
    produced: (of, request, reply) => {
      if (!occasion.isDue(of)) return false;
      const rng = occasion.rng.fork('corrupt');
      const victim = rng.below(request.values.length);
      const values = request.values.map((value, at) => {
        const copy = Buffer.from(value);
        const byte = rng.below(copy.length);
        if (at === victim && copy.length > 0) copy[byte] = (copy[byte] as number) ^ 0x10;
        return copy;
      });
      of.append({ ...request, values }, reply);
      occasion.take(of);
      return true;
    },
  };
}

function corruptBatch(_: Sabotage, { occasion }: With): Act {
  return {
    produced: (of, request, reply) => {
      if (!occasion.isDue(of)) return false;
      of.append(request, reply, true);
      occasion.take(of);
      return true;
    },
  };
}

function phantom({ forge }: Sabotage, { occasion }: With): Act {
  return {
    acknowledged: (of, request) => {
      const like = request.values[0];
      if (like === undefined || !occasion.isDue(of) || of.servingLeader === undefined) return;
      const value = forge?.(like) ?? Buffer.from('nobody ever sent this record');
      of.append({ ...request, values: [value] }, null);
      occasion.take(of);
    },
  };
}

function misplace(_: Sabotage, { occasion, world }: With): Act {
  return {
    acknowledged: (of, request) => {
      if (!occasion.isDue(of)) return;
      const other = world
        .partitionsOf(of.topic)
        .find((each) => each !== of && each.servingLeader !== undefined);
      if (other === undefined) return;
      other.append({ ...request, values: request.values.slice(0, 1) }, null);
      occasion.take(of);
    },
  };
}

function stall({ hold = STALL }: Sabotage, { occasion }: With): Act {
  return {
    electionIn: (of) => {
      if (!occasion.isOpen(of)) return 0;
      occasion.take(of);
      return hold === 'for ever' ? null : hold;
    },
  };
}

function failoverTooFast(_: Sabotage, { occasion }: With): Act {
  return {
    fencingIn: (wait) => {
      if (!occasion.isLeft()) return wait;
      occasion.take();
      return AT_ONCE;
    },
  };
}

function hideFromConsumer(_: Sabotage, { occasion }: With): Act {
  const hidden = new Set<string>();
  return {
    hides: (of, { baseOffset }) => {
      const batch = `${of.name} at ${baseOffset}`;
      if (hidden.has(batch)) return true;
      if (!occasion.isDue(of)) return false;
      hidden.add(batch);
      occasion.take(of);
      return true;
    },
  };
}

function lagStuck(_: Sabotage, { occasion }: With): Act {
  let somebodyDied = false;
  let stuck: SimPartition | undefined;
  return {
    fencingIn: (wait) => {
      somebodyDied = true;
      return wait;
    },
    holdsBack: (of) => {
      if (stuck === undefined && somebodyDied && occasion.isOpen(of)) {
        stuck = of;
        occasion.take(of);
      }
      return stuck === of;
    },
  };
}

function errorLog({ line = FATAL }: Sabotage, { occasion }: With): Act {
  return {
    acknowledged: (of) => {
      const leader = of.servingLeader;
      if (leader === undefined || !occasion.isDue(of)) return;
      leader.say('FATAL', line);
      occasion.take(of);
    },
  };
}
