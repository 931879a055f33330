import {
  allDelivered,
  churn,
  lagDrained,
  noLoss,
  ordered,
  perSecond,
  produceConsume,
  scenario,
  seconds,
} from 'highwater';

const topology = {
  kafka: { brokers: 3, controllers: 1 },
  topics: { orders: { partitions: 6, replication: 3, minInSync: 2 } },
};
const load = [{ rate: perSecond(1_000), for: seconds(40) }];
const timeline = churn({ from: seconds(4), every: seconds(11), away: seconds(3), times: 3 });
const checks = [noLoss(), ordered(), allDelivered(), lagDrained({ within: seconds(20) })];

scenario('a group under churn keeps up', {
  claim: 'Members that leave and come back again and again leave no lag behind.',
  topology,
  workload: produceConsume({ topic: 'orders', group: { members: 3, assignor: 'range' } }),
  warmUp: seconds(8),
  load,
  timeline,
  checks,
});

scenario('a cooperative group under churn keeps up', {
  claim: 'The same where members give up only what moves.',
  topology,
  workload: produceConsume({
    topic: 'orders',
    group: { members: 3, assignor: 'cooperative-sticky' },
  }),
  warmUp: seconds(8),
  load,
  timeline,
  checks,
});

// Refused by brokers before 4.0: the plan says so.
scenario('a group of KIP-848 under churn keeps up', {
  claim: 'The same where the coordinator assigns, and nobody stops for all.',
  topology,
  workload: produceConsume({ topic: 'orders', group: { members: 3, protocol: 'consumer' } }),
  warmUp: seconds(8),
  load,
  timeline,
  checks,
});
