import {
  failoverWithin,
  lagDrained,
  minutes,
  noDuplicates,
  noLoss,
  noStrangers,
  ordered,
  perSecond,
  produceConsume,
  rollingRestart,
  scenario,
  seconds,
} from 'highwater';

scenario('every node of a cluster is restarted in turn under load', {
  claim:
    'All nodes are restarted one after the other; writes are never out for more than 5 s, no ' +
    'acknowledged record is lost, doubled or out of order, and lag is drained within 30 s.',
  topology: {
    kafka: { brokers: 3, controllers: 1 },
    topics: { orders: { partitions: 6, replication: 3, minInSync: 2 } },
  },
  workload: produceConsume({ topic: 'orders', acks: 'all' }),
  warmUp: seconds(8),
  load: [{ rate: perSecond(1_000), for: seconds(30) }],
  timeline: [{ at: seconds(5), change: rollingRestart(), limit: minutes(4) }],
  checks: [
    noLoss(),
    noDuplicates(),
    ordered(),
    noStrangers(),
    // Leaders move before their broker goes.
    failoverWithin(seconds(5)),
    lagDrained({ within: seconds(30) }),
  ],
});
