import {
  down,
  failoverWithin,
  minIsrEnforced,
  noDuplicates,
  noLoss,
  noStrangers,
  ordered,
  perSecond,
  produceConsume,
  role,
  scenario,
  seconds,
} from 'highwater';

// One broker that is left is less than min.insync.replicas: nothing may be acknowledged until
// another is back.
scenario('two of three brokers go down at once and come back', {
  claim:
    'Nothing is acknowledged by one broker alone, nothing acknowledged is lost, and writes resume ' +
    'within 20 s after the brokers are back.',
  topology: {
    kafka: { brokers: 3, controllers: 1 },
    topics: { orders: { partitions: 6, replication: 3, minInSync: 2 } },
  },
  // What is promised is about writes; two of three coordinators are away as well.
  workload: produceConsume({ topic: 'orders', acks: 'all', group: false }),
  warmUp: seconds(8),
  load: [{ rate: perSecond(1_000), for: seconds(60) }],
  timeline: [{ at: seconds(10), fault: down(role('broker', 'majority')), hold: seconds(12) }],
  checks: [
    noLoss(),
    noDuplicates(),
    ordered(),
    noStrangers(),
    minIsrEnforced(),
    // 12 s of them the brokers are kept away.
    failoverWithin(seconds(32)),
  ],
});
