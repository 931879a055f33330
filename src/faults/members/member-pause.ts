import { memberFault } from './member-harm.ts';
import { untilStill } from './member-proofs.ts';

/**
 * member-pause: a member stops handling records and goes on as a member: its heartbeats come, so
 * the group waits for it and its partitions stand still. Seen to bite when nothing of them is
 * committed although more is written.
 */
export const memberPause = memberFault({
  name: 'member-pause',
  act: 'pause',
  undo: 'resume',
  how: 'consumption paused, heartbeats go on',
  proof: untilStill,
});
