import {
  bridge,
  failoverWithin,
  lagDrained,
  minIsrEnforced,
  noDuplicates,
  nodes,
  noLoss,
  noStrangers,
  ordered,
  perSecond,
  produceConsume,
  scenario,
  seconds,
} from 'highwater';

scenario('one broker is the bridge between two sides that do not hear each other', {
  claim:
    'When one broker sees both sides and neither side the other, no acknowledged record is ' +
    'lost, and writes resume within 20 s of the heal at the latest: the halves are drawn, and ' +
    'the controller may be left with one broker, which must not acknowledge on its own.',
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
      fault: bridge(nodes('broker-1')),
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
