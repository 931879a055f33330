import {
  allDelivered,
  flashSale,
  iot,
  lagDrained,
  latencyAtMost,
  logProcessing,
  noDuplicates,
  noLoss,
  noStrangers,
  ordered,
  perSecond,
  produceConsume,
  scenario,
  seconds,
  throughputAtLeast,
} from 'highwater';

const kafka = { brokers: 3, controllers: 1 };
const topic = { partitions: 6, replication: 3, minInSync: 2 };
const kept = [noLoss(), noDuplicates(), ordered(), noStrangers(), allDelivered()];

scenario('a steady rate is held: log processing', {
  claim: '2 000 records a second are acknowledged all the time, and the group keeps up.',
  topology: { kafka, topics: { logs: topic } },
  workload: produceConsume({ topic: 'logs' }),
  warmUp: seconds(8),
  load: logProcessing(perSecond(2_000), seconds(30)),
  checks: [
    ...kept,
    throughputAtLeast(perSecond(1_950)),
    latencyAtMost({ p99: seconds(1) }),
    lagDrained({ within: seconds(10) }),
  ],
});

scenario('a flash sale of 20 times the usual rate passes: nothing is lost or late for long', {
  claim: 'A load that rises to 20 times its base and falls back loses nothing.',
  topology: { kafka, topics: { orders: topic } },
  workload: produceConsume({ topic: 'orders', group: { members: 2 } }),
  warmUp: seconds(8),
  load: flashSale({ base: perSecond(100) }),
  checks: [...kept, lagDrained({ within: seconds(15) })],
});

const crowd = iot({ devices: 40, every: seconds(0.5), for: seconds(20) });

scenario('many small producers are served: IoT', {
  claim: 'What 40 devices with two topics send is there, in the order of each device.',
  topology: { kafka, topics: { readings: topic, alarms: { ...topic, partitions: 2 } } },
  workload: produceConsume({ topics: ['readings', 'alarms'], ...crowd.producing }),
  warmUp: seconds(8),
  load: crowd.load,
  checks: [...kept, lagDrained({ within: seconds(10) })],
});
