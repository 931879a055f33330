import {
  failoverWithin,
  lagDrained,
  leaderOf,
  noDuplicates,
  noLoss,
  noStrangers,
  ordered,
  pause,
  perSecond,
  produceConsume,
  scenario,
  seconds,
} from 'highwater';

// A process that stands still keeps its connections open: the others notice when its session runs
// out, its clients when their requests do. When it goes on it must not acknowledge what it finds
// in its sockets.
scenario('the leader of a partition stands still and goes on', {
  claim:
    'No acknowledged record is lost, writes resume within 25 s, and lag is drained within 30 s.',
  topology: {
    kafka: { brokers: 3, controllers: 1 },
    topics: { orders: { partitions: 6, replication: 3, minInSync: 2 } },
  },
  workload: produceConsume({ topic: 'orders', acks: 'all' }),
  warmUp: seconds(8),
  load: [{ rate: perSecond(1_000), for: seconds(50) }],
  timeline: [{ at: seconds(10), fault: pause(leaderOf('orders', 0)), hold: seconds(15) }],
  checks: [
    noLoss(),
    noDuplicates(),
    ordered(),
    noStrangers(),
    failoverWithin(seconds(25)),
    lagDrained({ within: seconds(30) }),
  ],
});
