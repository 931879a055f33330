import {
  failoverWithin,
  lagDrained,
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
  split,
} from 'highwater';

scenario('a majority of the brokers is split from the controller', {
  claim:
    'One broker of three with the controller must not acknowledge on its own: nothing ' +
    'acknowledged is lost, and writes resume within 20 s of the heal.',
  topology: {
    kafka: { brokers: 3, controllers: 1 },
    topics: { orders: { partitions: 6, replication: 3, minInSync: 2 } },
  },
  workload: produceConsume({ topic: 'orders', acks: 'all' }),
  warmUp: seconds(8),
  load: [{ rate: perSecond(1000), for: seconds(50) }],
  timeline: [
    {
      at: seconds(8),
      fault: split(role('broker', 'majority')),
      hold: seconds(12),
    },
  ],
  checks: [
    noLoss(),
    noDuplicates(),
    ordered(),
    noStrangers(),
    minIsrEnforced(),
    failoverWithin(seconds(35)),
    lagDrained({ within: seconds(30) }),
  ],
});
