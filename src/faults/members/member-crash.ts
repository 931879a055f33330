import { memberFault } from './member-harm.ts';
import { untilOut } from './member-proofs.ts';

/**
 * member-crash: a member is gone without a word, its connections with it. Nobody says goodbye for
 * it, so the others get what it had when its session is over; seen to bite when they have. It comes
 * back as a new client under the same name.
 */
export const memberCrash = memberFault({
  name: 'member-crash',
  act: 'crash',
  undo: 'join',
  how: 'threads ended with their connections',
  proof: untilOut,
});
