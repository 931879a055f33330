import {
  addBrokers,
  lagDrained,
  minutes,
  noDuplicates,
  noLoss,
  noStrangers,
  ordered,
  perSecond,
  produceConsume,
  removeBrokers,
  scenario,
  seconds,
} from 'highwater';

scenario('a broker is added and taken out again under load', {
  claim:
    'A fourth broker takes its share of the partitions and gives it back; no acknowledged record ' +
    'is lost, doubled or out of order, and lag is drained within 30 s.',
  topology: {
    kafka: { brokers: 3, brokersMax: 4, controllers: 1 },
    topics: { orders: { partitions: 8, replication: 3, minInSync: 2 } },
  },
  workload: produceConsume({ topic: 'orders', acks: 'all' }),
  warmUp: seconds(8),
  load: [{ rate: perSecond(1_000), for: seconds(30) }],
  timeline: [
    { id: 'grow', at: seconds(5), change: addBrokers(1), limit: minutes(3) },
    { id: 'shrink', after: 'grow', plus: seconds(5), change: removeBrokers(1), limit: minutes(3) },
  ],
  checks: [noLoss(), noDuplicates(), ordered(), noStrangers(), lagDrained({ within: seconds(30) })],
});
