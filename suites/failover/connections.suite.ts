import {
  blackhole,
  failoverWithin,
  lagDrained,
  leaderOf,
  noDuplicates,
  noLoss,
  noStrangers,
  ordered,
  perSecond,
  produceConsume,
  resetLinks,
  scenario,
  seconds,
  throughputAtLeast,
} from 'highwater';

const topology = {
  kafka: { brokers: 3, controllers: 1 },
  topics: { orders: { partitions: 6, replication: 3, minInSync: 2 } },
};
const kept = [noLoss(), noDuplicates(), ordered(), noStrangers()];

scenario('every connection of the leader of a partition is reset', {
  claim:
    'Peers and clients connect anew: no acknowledged record is lost, doubled or out of order, ' +
    'and writes are never out for more than 5 s.',
  topology,
  workload: produceConsume({ topic: 'orders', acks: 'all' }),
  warmUp: seconds(8),
  load: [{ rate: perSecond(1000), for: seconds(40) }],
  timeline: [
    {
      at: seconds(8),
      fault: resetLinks(leaderOf('orders', 0), { to: 'everybody' }),
      hold: seconds(1),
    },
    {
      at: seconds(14),
      fault: resetLinks(leaderOf('orders', 0), { to: 'everybody' }),
      hold: seconds(1),
    },
  ],
  checks: [...kept, failoverWithin(seconds(5)), lagDrained({ within: seconds(30) })],
});

scenario('new connections to the leader of a partition hang while those that are open go on', {
  claim: 'Who is connected notices nothing: the rate is held all the time and nothing is lost.',
  topology,
  workload: produceConsume({ topic: 'orders', acks: 'all' }),
  warmUp: seconds(8),
  load: [{ rate: perSecond(1000), for: seconds(40) }],
  timeline: [
    {
      at: seconds(8),
      fault: blackhole(leaderOf('orders', 0), { to: 'everybody' }),
      hold: seconds(12),
    },
  ],
  checks: [
    ...kept,
    throughputAtLeast({ rate: perSecond(950), during: ['baseline', 'disturb', 'recover'] }),
    lagDrained({ within: seconds(30) }),
  ],
});
