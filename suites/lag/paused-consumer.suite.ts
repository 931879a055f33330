import {
  allDelivered,
  lagDrained,
  members,
  noLoss,
  ordered,
  pauseMembers,
  perSecond,
  produceConsume,
  scenario,
  seconds,
} from 'highwater';

scenario('a paused consumer catches up', {
  claim: 'A member that handled nothing for 10 s has caught up within 20 s.',
  topology: {
    kafka: { brokers: 3, controllers: 1 },
    topics: { orders: { partitions: 6, replication: 3, minInSync: 2 } },
  },
  workload: produceConsume({ topic: 'orders', group: { members: 3 } }),
  warmUp: seconds(8),
  load: [{ rate: perSecond(1_000), for: seconds(35) }],
  timeline: [{ at: seconds(5), fault: pauseMembers(members('one')), hold: seconds(10) }],
  checks: [noLoss(), ordered(), allDelivered(), lagDrained({ within: seconds(20) })],
});
