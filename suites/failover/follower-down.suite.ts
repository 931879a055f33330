import {
  down,
  failoverWithin,
  followerOf,
  lagDrained,
  noDuplicates,
  noLoss,
  noStrangers,
  ordered,
  perSecond,
  produceConsume,
  scenario,
  seconds,
} from 'highwater';

// With acks=all a dead follower holds up every partition that it is in sync with, until it is
// fenced.
scenario('a follower of a partition goes down under steady load', {
  claim:
    'No acknowledged record is lost, writes resume within 15 s, and lag is drained within 30 s.',
  topology: {
    kafka: { brokers: 3, controllers: 1 },
    topics: { orders: { partitions: 6, replication: 3, minInSync: 2 } },
  },
  workload: produceConsume({ topic: 'orders', acks: 'all' }),
  warmUp: seconds(8),
  load: [{ rate: perSecond(2_000), for: seconds(40) }],
  timeline: [{ at: seconds(10), fault: down(followerOf('orders', 0)), hold: seconds(12) }],
  checks: [
    noLoss(),
    noDuplicates(),
    ordered(),
    noStrangers(),
    failoverWithin(seconds(15)),
    lagDrained({ within: seconds(30) }),
  ],
});
