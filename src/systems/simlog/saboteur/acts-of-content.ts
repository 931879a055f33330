import { ms } from '../../../core/time.ts';
import type { ProduceRequest, SimPartition } from '../partition.ts';
import type { Act, With } from './act.ts';
import type { Sabotage } from './sabotage.ts';

/** How long a batch waits for the one that it changes places with, and then for a leader. */
const SWAP_WITHIN = ms(2_000);
const LEADER_WITHIN = ms(500);

/** Appends an acknowledged batch once more. */
export function duplicate(_: Sabotage, { occasion }: With): Act {
  return {
    acknowledged: (of, request) => {
      if (!occasion.isDue(of) || of.servingLeader === undefined) return;
      of.append(request, null);
      occasion.take(of);
    },
  };
}

/** Acknowledges a batch before it is appended, and appends it behind its producer's next one. */
export function reorder(_: Sabotage, { occasion, world }: With): Act {
  let held: { readonly of: SimPartition; readonly request: ProduceRequest } | undefined;
  const giveUp = (): void => {
    if (held === undefined) return;
    // No partner came, or the leader died: the batch was acknowledged, so it must not be lost.
    if (held.of.servingLeader === undefined) {
      world.agenda.after(LEADER_WITHIN, giveUp);
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

/** Flips a bit of a value before the CRC is taken. */
export function corrupt(_: Sabotage, { occasion }: With): Act {
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

/** Flips a bit of a value after the CRC was taken. */
export function corruptBatch(_: Sabotage, { occasion }: With): Act {
  return {
    produced: (of, request, reply) => {
      if (!occasion.isDue(of)) return false;
      of.append(request, reply, true);
      occasion.take(of);
      return true;
    },
  };
}

/** Appends a record that nobody sent. */
export function phantom({ forge }: Sabotage, { occasion }: With): Act {
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

/** Appends a copy of an acknowledged record to another partition. */
export function misplace(_: Sabotage, { occasion, world }: With): Act {
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
