import { ms } from '../../../core/time.ts';
import type { SimPartition } from '../partition.ts';
import type { Act, With } from './act.ts';
import type { Sabotage } from './sabotage.ts';

const STALL = ms(20_000);
/** A fencing so soon after death that no session can have ended. */
const AT_ONCE = ms(20);
/** As a broker says it whose ProcessTerminatingFaultHandler had to act. */
const FATAL = 'Exiting: java.lang.OutOfMemoryError: Java heap space';

/** Keeps a partition without a leader for long. */
export function stall({ hold = STALL }: Sabotage, { occasion }: With): Act {
  return {
    electionIn: (of) => {
      if (!occasion.isOpen(of)) return 0;
      occasion.take(of);
      return hold === 'for ever' ? null : hold;
    },
  };
}

/** Ends the session of a dead broker before it can have timed out. */
export function failoverTooFast(_: Sabotage, { occasion }: With): Act {
  return {
    fencingIn: (wait) => {
      if (!occasion.isLeft()) return wait;
      occasion.take();
      return AT_ONCE;
    },
  };
}

/** Keeps one batch from live consumers, whenever they ask. */
export function hideFromConsumer(_: Sabotage, { occasion }: With): Act {
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

/** Keeps one partition from live consumers from the first death of a broker on. */
export function lagStuck(_: Sabotage, { occasion }: With): Act {
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

/** Makes a leader write a fatal line. */
export function errorLog({ line = FATAL }: Sabotage, { occasion }: With): Act {
  return {
    acknowledged: (of) => {
      const leader = of.servingLeader;
      if (leader === undefined || !occasion.isDue(of)) return;
      leader.say('FATAL', line);
      occasion.take(of);
    },
  };
}
