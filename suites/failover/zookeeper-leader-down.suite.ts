import {
  down,
  lagDrained,
  noDuplicates,
  noLoss,
  noStrangers,
  ordered,
  perSecond,
  produceConsume,
  scenario,
  seconds,
  zookeeperLeader,
} from 'highwater';

scenario('the leader of the ZooKeeper ensemble goes down', {
  claim:
    'Kafka keeps its sessions and its leaders: no acknowledged record is lost, no write waits ' +
    'longer than 5 s, and lag is drained within 30 s.',
  topology: {
    kafka: { version: '3.9.1', mode: 'zookeeper', brokers: 3, zookeeper: { servers: 3 } },
    topics: { orders: { partitions: 6, replication: 3, minInSync: 2 } },
  },
  workload: produceConsume({ topic: 'orders', acks: 'all' }),
  warmUp: seconds(8),
  load: [{ rate: perSecond(1_000), for: seconds(35) }],
  timeline: [{ at: seconds(8), fault: down(zookeeperLeader()), hold: seconds(12) }],
  checks: [noLoss(), noDuplicates(), ordered(), noStrangers(), lagDrained({ within: seconds(30) })],
});
