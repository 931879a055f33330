import {
  failoverWithin,
  isolate,
  lagDrained,
  leaderOf,
  noDuplicates,
  noLoss,
  noStrangers,
  ordered,
  perSecond,
  produceConsume,
  scenario,
  seconds,
} from 'highwater';

const topology = {
  kafka: { brokers: 3, controllers: 1 },
  topics: { orders: { partitions: 6, replication: 3, minInSync: 2 } },
} as const;

scenario('the leader of a partition is isolated from its peers, not from its clients', {
  claim:
    'A leader that hears no peer acknowledges nothing that could be lost, another one takes ' +
    'writes within 20 s, and lag is drained within 30 s.',
  topology,
  workload: produceConsume({ topic: 'orders', acks: 'all' }),
  warmUp: seconds(8),
  load: [{ rate: perSecond(1_000), for: seconds(45) }],
  timeline: [
    {
      at: seconds(8),
      fault: isolate(leaderOf('orders', 0), { from: 'peers' }),
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

scenario('the leader of a partition is isolated from everybody', {
  claim: 'No acknowledged record is lost, writes resume within 15 s, lag is drained within 30 s.',
  topology,
  workload: produceConsume({ topic: 'orders', acks: 'all' }),
  warmUp: seconds(8),
  load: [{ rate: perSecond(1_000), for: seconds(45) }],
  timeline: [
    {
      at: seconds(8),
      fault: isolate(leaderOf('orders', 0), { from: 'everybody' }),
      hold: seconds(15),
    },
  ],
  checks: [
    noLoss(),
    noDuplicates(),
    ordered(),
    noStrangers(),
    failoverWithin(seconds(15)),
    lagDrained({ within: seconds(30) }),
  ],
});
