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
  scenario,
  seconds,
  stop,
} from 'highwater';

// Leaderships are handed over before the process ends (controlled shutdown), so no session has to
// run out.
scenario('a broker is stopped gracefully and comes back', {
  claim: 'No acknowledged record is lost, and no partition is out for more than 5 s.',
  topology: {
    kafka: { brokers: 3, controllers: 1 },
    topics: { orders: { partitions: 6, replication: 3, minInSync: 2 } },
  },
  workload: produceConsume({ topic: 'orders', acks: 'all' }),
  warmUp: seconds(8),
  load: [{ rate: perSecond(2_000), for: seconds(40) }],
  timeline: [{ at: seconds(10), fault: stop(leaderOf('orders', 0)), hold: seconds(8) }],
  checks: [
    noLoss(),
    noDuplicates(),
    ordered(),
    noStrangers(),
    // A handover beats every session: there is no time that it cannot be under.
    failoverWithin({ atMost: seconds(5), notUnder: ms(0) }),
    lagDrained({ within: seconds(30) }),
  ],
});
