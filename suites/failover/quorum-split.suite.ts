import {
  failoverWithin,
  lagDrained,
  noDuplicates,
  noLoss,
  noStrangers,
  ordered,
  perSecond,
  produceConsume,
  scenario,
  seconds,
  split,
} from 'highwater';

scenario('a broker and a controller of three are split from the rest', {
  claim:
    'The side that has the majority of the quorum goes on: no acknowledged record is lost, ' +
    'writes resume within 20 s.',
  topology: {
    kafka: { brokers: 3, controllers: 3 },
    topics: { orders: { partitions: 6, replication: 3, minInSync: 2 } },
  },
  workload: produceConsume({ topic: 'orders', acks: 'all' }),
  warmUp: seconds(8),
  load: [{ rate: perSecond(1000), for: seconds(45) }],
  timeline: [
    {
      at: seconds(8),
      fault: split(
        ['broker-1', 'controller-1'],
        ['broker-2', 'broker-3', 'controller-2', 'controller-3'],
      ),
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
