import {
  controller,
  cut,
  failoverWithin,
  followerOf,
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

scenario('nothing that the leader of a partition sends reaches the controller', {
  claim:
    'A leader that hears everybody and is not heard by the controller loses its office, and ' +
    'nothing that it acknowledged; writes resume within 20 s.',
  topology: {
    kafka: { brokers: 3, controllers: 1 },
    topics: { orders: { partitions: 6, replication: 3, minInSync: 2 } },
  },
  // In ZooKeeper mode one of the two may be the controller, who could then not do its work.
  roles: ['controller'],
  workload: produceConsume({ topic: 'orders', acks: 'all' }),
  warmUp: seconds(8),
  load: [{ rate: perSecond(1000), for: seconds(45) }],
  timeline: [
    {
      at: seconds(8),
      fault: cut(leaderOf('orders', 0), controller()),
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

scenario('nothing that a leader sends reaches one of its followers', {
  claim:
    'A follower that hears nothing of its leader leaves the in-sync set; no acknowledged ' +
    'record is lost and writes resume within 20 s.',
  topology: {
    kafka: { brokers: 3, controllers: 1 },
    topics: { orders: { partitions: 6, replication: 3, minInSync: 2 } },
  },
  // In ZooKeeper mode one of the two may be the controller, who could then not do its work.
  roles: ['controller'],
  workload: produceConsume({ topic: 'orders', acks: 'all' }),
  warmUp: seconds(8),
  load: [{ rate: perSecond(1000), for: seconds(50) }],
  timeline: [
    {
      at: seconds(8),
      fault: cut(leaderOf('orders', 0), followerOf('orders', 0)),
      hold: seconds(20),
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
