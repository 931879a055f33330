import {
  bridge,
  failoverWithin,
  lagDrained,
  minIsrEnforced,
  noDuplicates,
  nodes,
  noLoss,
  noStrangers,
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
const load = [{ rate: perSecond(1_000), for: seconds(45) }];

scenario('one broker is the bridge between two brokers that do not hear each other', {
  claim:
    'The broker without the controller is fenced: no acknowledged record is lost, writes resume ' +
    'within 15 s, and lag is drained within 30 s.',
  topology,
  workload: produceConsume({ topic: 'orders', acks: 'all' }),
  warmUp: seconds(8),
  load,
  timeline: [
    {
      at: seconds(8),
      fault: bridge(nodes('broker-1'), {
        between: [['broker-2'], ['broker-3', 'controller-1']],
      }),
      hold: seconds(12),
    },
  ],
  checks: [
    noLoss(),
    noDuplicates(),
    ordered(),
    noStrangers(),
    failoverWithin(seconds(15)),
    lagDrained({ within: seconds(30) }),
  ],
});

scenario('one broker is the bridge between the controller and all other brokers', {
  claim:
    'The controller fences all but the bridge, which must not acknowledge on its own: no ' +
    'acknowledged record is lost, and writes resume within 20 s of the heal.',
  topology,
  workload: produceConsume({ topic: 'orders', acks: 'all' }),
  warmUp: seconds(8),
  load,
  timeline: [
    {
      at: seconds(8),
      fault: bridge(nodes('broker-1'), {
        between: [['controller-1'], ['broker-2', 'broker-3']],
      }),
      hold: seconds(12),
    },
  ],
  checks: [
    noLoss(),
    noDuplicates(),
    ordered(),
    noStrangers(),
    minIsrEnforced(),
    failoverWithin(seconds(35)),
    lagDrained({ within: seconds(30) }),
  ],
});
