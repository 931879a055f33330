import {
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
  slow,
} from 'highwater';

scenario('the leader of a partition is behind a slow link', {
  claim:
    'Links that are 40 ms long to peers and clients alike lose nothing and put no writes out ' +
    'for 5 s.',
  topology: {
    kafka: { brokers: 3, controllers: 1 },
    topics: { orders: { partitions: 6, replication: 3, minInSync: 2 } },
  },
  workload: produceConsume({ topic: 'orders', acks: 'all' }),
  warmUp: seconds(8),
  load: [{ rate: perSecond(1000), for: seconds(45) }],
  timeline: [
    {
      at: seconds(8),
      fault: slow(leaderOf('orders', 0), { to: 'everybody', delay: ms(40), jitter: ms(15) }),
      hold: seconds(15),
    },
  ],
  checks: [
    noLoss(),
    noDuplicates(),
    ordered(),
    noStrangers(),
    failoverWithin(seconds(5)),
    lagDrained({ within: seconds(30) }),
  ],
});
