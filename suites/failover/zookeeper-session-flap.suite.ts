import {
  controller,
  cut,
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
} from 'highwater';

scenario('the controller loses its ZooKeeper session, twice', {
  claim:
    'The controller cannot reach ZooKeeper for longer than its session, comes back, and loses it ' +
    'again: no acknowledged record is lost, writes resume within 20 s, and lag is drained within 30 s.',
  topology: {
    kafka: { version: '3.9.1', mode: 'zookeeper', brokers: 3, zookeeper: { servers: 3 } },
    topics: { orders: { partitions: 6, replication: 3, minInSync: 2 } },
  },
  workload: produceConsume({ topic: 'orders', acks: 'all' }),
  warmUp: seconds(8),
  load: [{ rate: perSecond(1_000), for: seconds(55) }],
  timeline: [
    {
      id: 'flap',
      at: seconds(8),
      fault: cut(controller(), role('zookeeper', 'all'), { both: true }),
      hold: seconds(7),
    },
    {
      after: 'flap',
      plus: seconds(5),
      fault: cut(controller(), role('zookeeper', 'all'), { both: true }),
      hold: seconds(7),
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
