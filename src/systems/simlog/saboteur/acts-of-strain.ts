import type { SimPartition } from '../partition.ts';
import type { Act, With } from './act.ts';
import type { Sabotage } from './sabotage.ts';

/** How late an acknowledgement is, in ms: far above all that the network takes. */
const LATE = 300;
/** Records a second that are taken of a partition. */
const TAKEN = 50;

/** From its occasion on it goes on for good; tells whether it does, and begins when it may. */
function lasting({ occasion }: With): (of: SimPartition) => boolean {
  let isOn = false;
  return (of) => {
    if (!isOn && occasion.isDue(of)) {
      isOn = true;
      occasion.take(of);
    }
    return isOn;
  };
}

/** Answers every write late; what is in the log, and for consumers, is there in time. */
export function slowAcks(_: Sabotage, by: With): Act {
  const isOn = lasting(by);
  return {
    produced: (of, request, reply) => {
      if (!isOn(of)) return false;
      of.append(request, {
        ok: (value) => void by.world.agenda.after(LATE, () => reply.ok(value)),
        error: (name) => reply.error(name),
      });
      return true;
    },
  };
}

/** Takes writes one after the other at a rate of its own, and lets the others wait. */
export function takesLess(_: Sabotage, by: With): Act {
  const isOn = lasting(by);
  const free = new Map<SimPartition, number>();
  return {
    produced: (of, request, reply) => {
      if (!isOn(of)) return false;
      const { now } = by.world.agenda;
      const at = Math.max(now, free.get(of) ?? 0);
      free.set(of, at + (request.values.length / TAKEN) * 1_000);
      by.world.agenda.after(at - now, () => {
        if (of.servingLeader === undefined) reply.error('NOT_LEADER_OR_FOLLOWER');
        else of.append(request, reply);
      });
      return true;
    },
  };
}

/** Does not look at min.insync.replicas. */
export function acksBelowMinIsr(_: Sabotage, { occasion }: With): Act {
  let isOn = false;
  return {
    overlooksMinIsr: (of) => {
      if (!isOn && occasion.isOpen(of)) {
        isOn = true;
        occasion.take(of);
      }
      return isOn;
    },
  };
}

/** Lets every group rebalance, again and again. */
export function rebalanceStorm(_: Sabotage, { occasion, world }: With): Act {
  return {
    acknowledged: (of) => {
      if (!occasion.isDue(of)) return;
      world.rebalance();
      occasion.take(of);
    },
  };
}

/** Ends the process of a leader, as one does that met a fault of its own. */
export function dies(_: Sabotage, { occasion }: With): Act {
  return {
    acknowledged: (of) => {
      const leader = of.servingLeader;
      if (leader === undefined || !occasion.isDue(of)) return;
      occasion.take(of);
      leader.exit(1);
    },
  };
}
