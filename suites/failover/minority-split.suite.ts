import {
  failoverWithin,
  lagDrained,
  noDuplicates,
  noLoss,
  noStrangers,
  ordered,
  perSecond,
  produceConsume,
  role,
  scenario,
  seconds,
  split,
} from 'highwater';

scenario('a minority of the brokers is split from the rest', {
  claim:
    'No acknowledged record is lost, writes resume within 20 s on the side that has the majority.',
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
      fault: split(role('broker', 'minority')),
      hold: seconds(15),
    },
  ],
  checks: [
    noLoss(),
    noDuplicates(),
    ordered(),
    noStrangers(),
    failoverWithin(seconds(20)),
    lagDrained({ within: seconds(30) }),
  ],
});
