import {
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
  zookeeperLeader,
} from 'highwater';

scenario('the ZooKeeper ensemble is split from its leader', {
  claim:
    'The leader of the ensemble hears nobody; the others elect another and brokers go there: no ' +
    'acknowledged record is lost, writes wait no longer than 20 s, and lag is drained within 30 s.',
  topology: {
    kafka: { version: '3.9.1', mode: 'zookeeper', brokers: 3, zookeeper: { servers: 3 } },
    topics: { orders: { partitions: 6, replication: 3, minInSync: 2 } },
  },
  workload: produceConsume({ topic: 'orders', acks: 'all' }),
  warmUp: seconds(8),
  load: [{ rate: perSecond(1_000), for: seconds(40) }],
  timeline: [{ at: seconds(8), fault: split(zookeeperLeader()), hold: seconds(12) }],
  checks: [noLoss(), noDuplicates(), ordered(), noStrangers(), lagDrained({ within: seconds(30) })],
});
