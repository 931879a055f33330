import type { PartitionDescription } from '../clients/kafka/port.ts';
import { isHighwaterError } from '../core/errors.ts';
import { ms, type Span, seconds } from '../core/time.ts';
import { waitFor } from '../core/wait-for.ts';
import { brokerNumbers } from './broker-numbers.ts';
import type { ChangeInput } from './change.ts';

/** Led by another than its first replica, although that is in sync. */
export const isAstray = ({ leader, replicas, isr }: PartitionDescription): boolean =>
  replicas[0] !== undefined && leader !== replicas[0] && isr.includes(replicas[0]);

/** Where a cluster looks less often, its leaders are not waited for. */
const INTERVAL_MAX = seconds(10);

/**
 * After the last restart leaders go back to the preferred brokers, where the cluster sees to that
 * by itself (auto.leader.rebalance.enable) and often: writes are out once more for a moment, and
 * that belongs to the change. Who does not come home in time is not waited for any longer.
 */
export async function untilLeadersHome(input: ChangeInput): Promise<void> {
  const { sut, clock, signal, note } = input;
  const interval = (sut.timings['leader.imbalance.check.interval.seconds'] ?? 0) * 1_000;
  if (interval === 0 || interval > INTERVAL_MAX) return;
  await using admin = await sut.clients('check').admin(signal);
  const [broker] = (await brokerNumbers(sut, admin)).values();
  if (broker === undefined) return;
  const config = await admin.config({ broker });
  if (config['auto.leader.rebalance.enable'] !== 'true') return;
  const within: Span = ms(2 * interval + 2_000);
  try {
    await waitFor(
      {
        what: 'leaders at home',
        look: async () => (await admin.allTopics()).filter(isAstray).length,
        show: (astray) => `${astray} partitions led by others than preferred`,
      },
      { clock, signal, within, every: ms(250), until: (astray) => astray === 0 },
    );
  } catch (thrown) {
    if (!isHighwaterError(thrown, 'WAIT_TIMEOUT') || signal.aborted) throw thrown;
    note(`goes on: ${thrown.message}`);
  }
}
