import { seconds } from '../../core/time.ts';
import { perSecond } from '../../core/units.ts';
import type { Scenario } from '../../scenario/suite/scenario.ts';

/** What `up` starts when no suite is named; `--set kafka.brokers=5` and the like change it. */
export const PLAIN_KAFKA: Scenario = {
  name: 'up',
  claim: 'None: it is there to be used.',
  topology: {
    kafka: { brokers: 3, controllers: 1 },
    topics: { orders: { partitions: 6, replication: 3, minInSync: 2 } },
  },
  workload: { workload: 'produce-consume', params: { topic: 'orders', acks: 'all' } },
  load: [{ rate: perSecond(1), for: seconds(1) }],
  checks: [{ claim: 'no-loss', params: {} }],
};
