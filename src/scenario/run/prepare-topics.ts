import { ms, seconds } from '../../core/time.ts';
import { waitFor } from '../../core/wait-for.ts';
import { showPartition } from '../../record/names.ts';
import type { Sut } from '../../systems/system.ts';
import type { Stage } from './stage.ts';

/** Creates the topics and waits until every partition has a leader and a whole in-sync set. */
export async function prepareTopics(stage: Stage, sut: Sut, signal: AbortSignal): Promise<void> {
  const { plan, clock, progress } = stage;
  await using admin = await sut.clients('check').admin(signal);
  for (const topic of plan.topics) await admin.createTopic(topic);
  const names = plan.topics.map(({ name }) => name);
  const expected = plan.topics.reduce((sum, { partitions }) => sum + partitions, 0);
  await waitFor(
    {
      what: 'topics ready',
      look: (inner) => sut.leadership(names, inner),
      show: (all) => {
        const open = all.filter(
          ({ leader, isr, replicas }) => leader === null || isr.length < replicas.length,
        );
        return `${all.length} of ${expected} partitions known, not whole: ${open.map(showPartition).join(', ') || 'none'}`;
      },
    },
    {
      clock,
      signal,
      within: seconds(30),
      every: ms(50),
      code: 'ENV_NOT_READY',
      until: (all) =>
        all.length === expected &&
        all.every(({ leader, isr, replicas }) => leader !== null && isr.length === replicas.length),
      onLook: (seen) => progress.waiting('topics ready', seen),
    },
  );
}
