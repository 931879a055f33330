import {
  failoverWithin,
  lagDrained,
  leaderOf,
  ms,
  noDuplicates,
  noLoss,
  noStrangers,
  ordered,
  perSecond,
  produceConsume,
  restart,
  scenario,
  seconds,
} from 'highwater';

// A broker that is back before its old session is over is turned away until then.
scenario('the leader of a partition is killed and started again at once', {
  claim:
    'No acknowledged record is lost, writes resume within 15 s, and lag is drained within 30 s.',
  topology: {
    kafka: { brokers: 3, controllers: 1 },
    topics: { orders: { partitions: 6, replication: 3, minInSync: 2 } },
  },
  workload: produceConsume({ topic: 'orders', acks: 'all' }),
  warmUp: seconds(8),
  load: [{ rate: perSecond(2_000), for: seconds(35) }],
  timeline: [
    { at: seconds(10), fault: restart(leaderOf('orders', 0), { hard: true }), hold: seconds(2) },
  ],
  checks: [
    noLoss(),
    noDuplicates(),
    ordered(),
    noStrangers(),
    failoverWithin({ atMost: seconds(15), notUnder: ms(0) }),
    lagDrained({ within: seconds(30) }),
  ],
});
