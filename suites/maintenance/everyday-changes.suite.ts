import {
  alterConfig,
  createTopic,
  deleteTopic,
  electPreferred,
  lagDrained,
  minutes,
  noDuplicates,
  noLoss,
  noStrangers,
  ordered,
  perSecond,
  produceConsume,
  reassign,
  rollingRestart,
  scenario,
  seconds,
} from 'highwater';

scenario('what operators do every day is done under load', {
  claim:
    'Topics come and go, settings are altered, partitions move and leaders go home; no ' +
    'acknowledged record is lost, doubled or out of order, and lag is drained within 30 s.',
  topology: {
    kafka: {
      brokers: 3,
      controllers: 1,
      // Leaders go home when they are told, or there would be nothing left to elect.
      config: { 'auto.leader.rebalance.enable': false },
    },
    topics: { orders: { partitions: 6, replication: 2, minInSync: 1 } },
  },
  workload: produceConsume({ topic: 'orders', acks: 'all' }),
  warmUp: seconds(8),
  load: [{ rate: perSecond(1_000), for: seconds(40) }],
  timeline: [
    {
      id: 'create',
      at: seconds(5),
      change: createTopic('returns', { partitions: 3, replication: 3, minInSync: 2 }),
    },
    {
      id: 'retention',
      after: 'create',
      change: alterConfig({ topic: 'orders' }, { 'retention.ms': 3_600_000 }),
    },
    {
      id: 'threads',
      after: 'retention',
      change: alterConfig({ role: 'broker' }, { 'num.io.threads': 4 }),
    },
    {
      id: 'restart',
      after: 'threads',
      change: rollingRestart({ nodes: ['broker-1'] }),
      limit: minutes(2),
    },
    { id: 'home', after: 'restart', change: electPreferred() },
    {
      id: 'off-one',
      after: 'home',
      change: reassign('orders', { without: ['broker-3'] }),
      limit: minutes(2),
    },
    { id: 'even', after: 'off-one', change: reassign('orders'), limit: minutes(2) },
    { id: 'delete', after: 'even', change: deleteTopic('returns') },
  ],
  checks: [noLoss(), noDuplicates(), ordered(), noStrangers(), lagDrained({ within: seconds(30) })],
});
