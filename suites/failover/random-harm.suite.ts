import {
  crash,
  failoverWithin,
  isolate,
  lagDrained,
  leaderOf,
  nemesis,
  noDuplicates,
  noLoss,
  noStrangers,
  ordered,
  pause,
  perSecond,
  produceConsume,
  restart,
  role,
  scenario,
  seconds,
  stop,
} from 'highwater';

scenario('random harm, one broker at a time', {
  claim:
    'Whatever the seed picks, no acknowledged record is lost, doubled or out of order, writes ' +
    'resume within 20 s, and lag is drained within 60 s.',
  topology: {
    kafka: { brokers: 3, controllers: 1 },
    topics: { orders: { partitions: 6, replication: 3, minInSync: 2 } },
  },
  workload: produceConsume({ topic: 'orders', acks: 'all' }),
  warmUp: seconds(8),
  load: [{ rate: perSecond(500), for: seconds(75) }],
  timeline: [
    nemesis({
      from: [
        crash(role('broker', 'one')),
        pause(role('broker', 'one')),
        stop(leaderOf('orders', 0)),
        restart(leaderOf('orders', 1)),
        isolate(role('broker', 'one')),
      ],
      at: seconds(8),
      every: seconds(18),
      hold: seconds(6),
    }),
  ],
  checks: [
    noLoss(),
    noDuplicates(),
    ordered(),
    noStrangers(),
    failoverWithin(seconds(20)),
    lagDrained({ within: seconds(60) }),
  ],
});
