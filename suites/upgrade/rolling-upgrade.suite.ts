import {
  failoverWithin,
  lagDrained,
  minutes,
  noDuplicates,
  noLoss,
  noStrangers,
  ordered,
  perSecond,
  produceConsume,
  rollingUpgrade,
  scenario,
  seconds,
} from 'highwater';

const claim =
  'metadata.version is raised in the end; writes are never out for more than 5 s, no ' +
  'acknowledged record is lost, doubled or out of order, and lag is drained within 30 s.';
const topics = { orders: { partitions: 6, replication: 3, minInSync: 2 } };
const checks = [
  noLoss(),
  noDuplicates(),
  ordered(),
  noStrangers(),
  // Leaders move before their broker goes.
  failoverWithin(seconds(5)),
  lagDrained({ within: seconds(30) }),
];

scenario('a cluster is upgraded from 3.9.1 to 4.3.1 under load', {
  claim: `Controllers and brokers come back as 4.3.1 one after the other, and ${claim}`,
  topology: { kafka: { version: '3.9.1', brokers: 3, controllers: 1 }, topics },
  workload: produceConsume({ topic: 'orders', acks: 'all' }),
  warmUp: seconds(8),
  load: [{ rate: perSecond(500), for: seconds(30) }],
  timeline: [{ at: seconds(5), change: rollingUpgrade({ to: '4.3.1' }), limit: minutes(5) }],
  checks,
});

scenario('a cluster of combined nodes is upgraded from 3.9.1 to 4.3.1 under load', {
  claim: `Nodes that are broker and controller in one come back as 4.3.1, and ${claim}`,
  topology: { kafka: { version: '3.9.1', brokers: 3, combined: true }, topics },
  workload: produceConsume({ topic: 'orders', acks: 'all' }),
  warmUp: seconds(8),
  load: [{ rate: perSecond(500), for: seconds(30) }],
  timeline: [{ at: seconds(5), change: rollingUpgrade({ to: '4.3.1' }), limit: minutes(5) }],
  checks,
});
