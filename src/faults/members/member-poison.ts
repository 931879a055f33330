import { memberFault } from './member-harm.ts';
import { untilOut } from './member-proofs.ts';

/**
 * member-poison: the handler of a member does not return, and its thread with it: nothing is
 * handled and no heartbeat is sent, while the connections stay open. Its coordinator has to throw
 * it out when its session is over, and the others take over what it had; seen to bite when they
 * have. When the handler returns at last, the member finds itself out and joins anew.
 */
export const memberPoison = memberFault({
  name: 'member-poison',
  act: 'pause-silent',
  undo: 'resume',
  how: 'handlers that do not return, no heartbeats',
  proof: untilOut,
});
