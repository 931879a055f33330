import {
  down,
  failoverWithin,
  groupCoordinator,
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

scenario('the coordinator of the consumer group goes down under steady load', {
  claim:
    'The group goes on with another coordinator: lag is drained within 30 s, no record is lost.',
  topology: {
    kafka: { brokers: 3, controllers: 1 },
    topics: { orders: { partitions: 6, replication: 3, minInSync: 2 } },
  },
  workload: produceConsume({ topic: 'orders', acks: 'all' }),
  warmUp: seconds(8),
  load: [{ rate: perSecond(2_000), for: seconds(40) }],
  timeline: [{ at: seconds(10), fault: down(groupCoordinator()), hold: seconds(12) }],
  checks: [
    noLoss(),
    noDuplicates(),
    ordered(),
    noStrangers(),
    failoverWithin(seconds(15)),
    lagDrained({ within: seconds(30) }),
  ],
});
