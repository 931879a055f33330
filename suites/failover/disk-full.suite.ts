import {
  diskFull,
  failoverWithin,
  lagDrained,
  leaderOf,
  ms,
  noDuplicates,
  noLoss,
  noStrangers,
  ordered,
  perSecond,
  produceConsume,
  scenario,
  seconds,
} from 'highwater';

// A broker whose only log directory has failed halts, and comes back by a new start on a disk that
// works.
scenario('the disk of a leader is full', {
  claim: 'No acknowledged record is lost, and writes resume within 20 s.',
  topology: {
    kafka: { brokers: 3, controllers: 1, dataLimitMiB: 256 },
    topics: { orders: { partitions: 6, replication: 3, minInSync: 2 } },
  },
  workload: produceConsume({ topic: 'orders', acks: 'all' }),
  warmUp: seconds(8),
  load: [{ rate: perSecond(1_000), for: seconds(45) }],
  timeline: [{ at: seconds(10), fault: diskFull(leaderOf('orders', 0)), hold: seconds(10) }],
  checks: [
    noLoss(),
    noDuplicates(),
    ordered(),
    noStrangers(),
    // It may tell the controller of its disk before it halts (KIP-858): no session need run out.
    failoverWithin({ atMost: seconds(20), notUnder: ms(0) }),
    lagDrained({ within: seconds(60) }),
  ],
});
