import {
  allDelivered,
  lagDrained,
  leaveMembers,
  members,
  noLoss,
  ordered,
  perSecond,
  produceConsume,
  rebalancesAtMost,
  scenario,
  seconds,
} from 'highwater';

scenario('a static member is restarted within its session, and nobody else notices', {
  claim: 'A restart of a member with a group.instance.id sets off no rebalance.',
  topology: {
    kafka: { brokers: 3, controllers: 1 },
    topics: { orders: { partitions: 6, replication: 3, minInSync: 2 } },
  },
  workload: produceConsume({
    topic: 'orders',
    group: { members: 3, static: true },
    consumer: { sessionTimeoutMs: 20_000 },
  }),
  warmUp: seconds(8),
  load: [{ rate: perSecond(1_000), for: seconds(25) }],
  timeline: [{ at: seconds(5), fault: leaveMembers(members('one')), hold: seconds(2) }],
  checks: [
    noLoss(),
    ordered(),
    allDelivered(),
    rebalancesAtMost({ count: 0 }),
    lagDrained({ within: seconds(20) }),
  ],
});
