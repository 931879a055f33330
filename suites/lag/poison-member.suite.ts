import {
  allDelivered,
  crashMembers,
  lagDrained,
  members,
  noLoss,
  ordered,
  perSecond,
  poisonMembers,
  produceConsume,
  scenario,
  seconds,
} from 'highwater';

const topology = {
  kafka: { brokers: 3, controllers: 1 },
  topics: { orders: { partitions: 6, replication: 3, minInSync: 2 } },
};
const workload = produceConsume({ topic: 'orders', group: { members: 3 } });
const load = [{ rate: perSecond(1_000), for: seconds(30) }];
const checks = [noLoss(), ordered(), allDelivered(), lagDrained({ within: seconds(30) })];

scenario('a poison member is thrown out and the others take over', {
  claim: 'A member whose handler never returns is out after its session, and lag drains.',
  topology,
  workload,
  warmUp: seconds(8),
  load,
  timeline: [{ at: seconds(4), fault: poisonMembers(members('one')), hold: seconds(5) }],
  checks,
});

scenario('what a crashed member had goes to the others', {
  claim: 'A member that is gone without a word is out after its session, and lag drains.',
  topology,
  workload,
  warmUp: seconds(8),
  load,
  timeline: [{ at: seconds(4), fault: crashMembers(members('one')), hold: seconds(5) }],
  checks,
});

// Refused by brokers before 4.0: the plan says so.
scenario('a poison member of a group of KIP-848 is thrown out', {
  claim: 'The same where session and assignment are up to the coordinator.',
  topology,
  workload: produceConsume({ topic: 'orders', group: { members: 3, protocol: 'consumer' } }),
  warmUp: seconds(8),
  load,
  timeline: [{ at: seconds(4), fault: poisonMembers(members('one')), hold: seconds(5) }],
  checks,
});
