import { isHighwaterError, messageOf } from '../../core/errors.ts';
import { ms, seconds } from '../../core/time.ts';
import { waitFor } from '../../core/wait-for.ts';
import type { LoadPool } from '../../load/pool.ts';
import { lookAtLag, type PartitionLag } from '../../probes/lag.ts';
import type { Delivery } from '../../record/ledger.ts';
import { showPartition } from '../../record/names.ts';
import type { Sut } from '../../systems/system.ts';
import type { Workload } from '../../workloads/workload.ts';
import type { Stage } from './stage.ts';

/** What draining works with. */
export interface DrainInput {
  readonly stage: Stage;
  readonly run: string;
  readonly sut: Sut;
  readonly workload: Workload;
  readonly pool: LoadPool;
  /** What the senders did, as told so far. */
  readonly deliveries: () => readonly Delivery[];
}

/**
 * After the load: in-sync sets whole, lag gone (or known not to go), receiver ended, and then the
 * whole log read back. A lag that stays or a replica that does not come back is not an error here:
 * the samples go on, and the checkers say what it means.
 */
export async function drain(input: DrainInput, signal: AbortSignal): Promise<void> {
  await soft(input, () => untilInSync(input, signal));
  await soft(input, () => untilCaughtUp(input, signal));
  await input.pool.endReceiver();
  const { stage, sut, workload } = input;
  await sut.finalLook?.({ recorder: stage.recorder, clock: stage.clock, signal });
  await workload.finalReads({
    run: input.run,
    params: stage.plan.workload.params,
    topics: stage.plan.topics,
    sut,
    recorder: stage.recorder,
    clock: stage.clock,
    signal,
    progress: (doing) => stage.progress.waiting('final reads', doing),
    attempted: input.deliveries().map(({ session, topic, partition, fates }) => ({
      session,
      topic,
      partition,
      upTo: fates.attempted.at(-1)?.[1] ?? -1,
    })),
  });
}

/** A wait that may run out without ending the run. */
async function soft(input: DrainInput, wait: () => Promise<void>): Promise<void> {
  try {
    await wait();
  } catch (thrown) {
    if (!isHighwaterError(thrown, 'WAIT_TIMEOUT') || input.stage.scope.signal.aborted) throw thrown;
    input.stage.progress.note(`drain goes on: ${messageOf(thrown)}`);
  }
}

async function untilInSync({ stage, sut }: DrainInput, signal: AbortSignal): Promise<void> {
  const names = stage.plan.topics.map(({ name }) => name);
  await waitFor(
    {
      what: 'in-sync sets whole',
      look: (inner) => sut.leadership(names, inner),
      show: (all) => {
        const thin = all.filter(({ isr, replicas }) => isr.length < replicas.length);
        return thin.length === 0 ? 'whole' : `${thin.map(showPartition).join(', ')} not whole`;
      },
    },
    {
      clock: stage.clock,
      signal,
      within: seconds(30),
      every: ms(200),
      until: (all) =>
        all.length > 0 && all.every(({ isr, replicas }) => isr.length === replicas.length),
      onLook: (seen) => stage.progress.waiting('in-sync sets whole', seen),
    },
  );
}

/**
 * Three looks in a row without lag, as the checker asks, plus one for the watch to see the same.
 * The look is the watch's own: a partition without a commit is not one without lag.
 */
async function untilCaughtUp(
  { stage, sut, workload, run }: DrainInput,
  signal: AbortSignal,
): Promise<void> {
  const group = workload.groupOf(stage.plan.workload.params, run);
  if (group === null) return;
  const topics = stage.plan.topics.map(({ name }) => name);
  await using admin = await sut.clients('check').admin(signal);
  await waitFor(
    {
      what: 'lag drained',
      look: () => lookAtLag(admin, { group, topics }),
      show: (looks) => {
        const behind = looks.filter(({ lag }) => lag !== 0n).map(showLag);
        return behind.length === 0 ? 'no lag' : listed(behind);
      },
    },
    {
      clock: stage.clock,
      signal,
      within: seconds(60),
      every: ms(250),
      steadyFor: ms(2_500),
      until: (looks) => looks.every(({ lag }) => lag === 0n),
      onLook: (seen) => stage.progress.waiting('lag drained', seen),
    },
  );
}

const showLag = ({ lag, ...of }: PartitionLag): string =>
  `${showPartition(of)} ${lag === null ? 'without a commit' : `${lag} behind`}`;
/** So many partitions are named while waiting. */
const NAMED_MAX = 3;
const listed = (things: readonly string[]): string =>
  things.slice(0, NAMED_MAX).join(', ') +
  (things.length > NAMED_MAX ? ` and ${things.length - NAMED_MAX} more` : '');
