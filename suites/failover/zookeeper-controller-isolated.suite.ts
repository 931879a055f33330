import {
  controller,
  down,
  failoverWithin,
  followerOf,
  isolate,
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

// The leader that is left has to take the broker that comes back into its in-sync set, and asks
// the controller that it knew: that one is cut off, lost its office and does not answer.
scenario('a broker comes back while the controller of before is cut off', {
  claim:
    'No acknowledged record is lost, writes resume within 25 s although the controller of before ' +
    'stays cut off for longer, and lag is drained within 30 s.',
  topology: {
    kafka: { version: '3.9.1', mode: 'zookeeper', brokers: 3, zookeeper: { servers: 3 } },
    topics: { orders: { partitions: 6, replication: 3, minInSync: 2 } },
  },
  // A KRaft cluster with its one controller cut off has nobody else to ask.
  roles: ['zookeeper'],
  workload: produceConsume({ topic: 'orders', acks: 'all' }),
  warmUp: seconds(8),
  load: [{ rate: perSecond(1_000), for: seconds(55) }],
  timeline: [
    { at: seconds(8), fault: isolate(controller(), { from: 'peers' }), hold: seconds(32) },
    // By then the one that is cut off is out of the in-sync sets.
    { at: seconds(16), fault: down(followerOf('orders', 0)), hold: seconds(3) },
  ],
  checks: [
    noLoss(),
    noDuplicates(),
    ordered(),
    noStrangers(),
    failoverWithin(seconds(25)),
    lagDrained({ within: seconds(30) }),
  ],
});
