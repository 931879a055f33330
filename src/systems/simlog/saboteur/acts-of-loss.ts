import { ms } from '../../../core/time.ts';
import type { SimPartition } from '../partition.ts';
import type { Act, With } from './act.ts';
import type { Sabotage } from './sabotage.ts';

/** How long a partition gets nothing before its tail goes. */
const QUIET = ms(500);

/**
 * Takes the batch before the one that was acknowledged just now, so that the log goes on behind it.
 */
export function lose(_: Sabotage, { occasion }: With): Act {
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

/**
 * Takes the last batch of a partition that was quiet for a while, on every replica; its end goes
 * back.
 */
export function loseTail(_: Sabotage, { occasion, world }: With): Act {
  return {
    acknowledged: (of) => {
      if (!occasion.isDue(of)) return;
      const { highWatermark, epoch } = of;
      world.agenda.after(QUIET, () => {
        const log = of.servingLeader?.logOf(of);
        // What waits for a dead follower is no tail: nobody was told that it is there.
        const isQuiet = log?.logEnd === highWatermark && of.epoch === epoch;
        const tail = log?.newest(1)[0];
        if (!isQuiet || tail === undefined || !occasion.isDue(of)) return;
        of.loseFrom(tail.baseOffset);
        occasion.take(of);
      });
    },
  };
}

/** Acknowledges a batch and forgets it. */
export function lie(_: Sabotage, { occasion }: With): Act {
  return {
    produced: (of, _request, reply) => {
      if (!occasion.isDue(of)) return false;
      reply.ok({ baseOffset: of.highWatermark, batch: null });
      occasion.take(of);
      return true;
    },
  };
}

/** Batches that go: of the very last, the client may not have got the acknowledgement. */
const TAIL = 5;

/**
 * Takes the last committed batches, and all behind them, from a leader that was elected just now.
 */
export function truncateOnElection(_: Sabotage, { occasion }: With): Act {
  return {
    elected: (of, log) => {
      // The first election of a partition finds an empty log.
      if (of.epoch === 0 || !occasion.isOpen(of)) return;
      const committed = log.newest(1_000).filter(({ lastOffset }) => lastOffset < of.highWatermark);
      const first = committed[TAIL - 1] ?? committed.at(-1);
      if (first === undefined) return;
      log.truncate(first.baseOffset);
      occasion.take(of);
    },
  };
}
