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
    'Links that are 20 ms long to peers and clients alike lose nothing and put no writes out ' +
    'for 5 s.',
  topology: {
    kafka: { brokers: 3, controllers: 1 },
    topics: { orders: { partitions: 6, replication: 3, minInSync: 2 } },
  },
  workload: produceConsume({ topic: 'orders', acks: 'all' }),
  warmUp: seconds(8),
  // A broker answers the requests of a connection one after the other, and each of them waits for
  // the followers: four ways of 20 ms. More than a dozen a second and partition would queue up.
  load: [{ rate: perSecond(30), for: seconds(45) }],
  timeline: [
    {
      at: seconds(8),
      fault: slow(leaderOf('orders', 0), { to: 'everybody', delay: ms(20), jitter: ms(8) }),
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
