import { memberFault } from './member-harm.ts';
import { type Harmed, untilOut, untilStill } from './member-proofs.ts';

/**
 * member-leave: a member is closed in order, and comes back: what deployments do to consumers all
 * day. A plain member says goodbye and the others get what it had at once. A static member does not
 * (KIP-345): its group waits for it until its session is over, so while it is away nothing of what
 * it has is handled; and when it is back in time, nobody else has noticed.
 */
export const memberLeave = memberFault({
  name: 'member-leave',
  act: 'leave',
  undo: 'join',
  how: 'clients closed',
  proof: (harmed, signal) =>
    isStatic(harmed) ? untilStill(harmed, signal) : untilOut(harmed, signal),
});

const isStatic = ({ before }: Harmed): boolean =>
  before.members.some(({ instance }) => instance !== null);
