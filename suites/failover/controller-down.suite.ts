import {
  controller,
  down,
  lagDrained,
  noDuplicates,
  noLoss,
  noStrangers,
  ordered,
  perSecond,
  produceConsume,
  scenario,
  seconds,
} from 'highwater';

// Leaders that there are serve without a controller; what needs one waits until there is one
// again.
for (const controllers of [1, 3]) {
  scenario(`the active controller of ${controllers} goes down under steady load`, {
    claim: 'No acknowledged record is lost, and lag is drained within 30 s.',
    topology: {
      kafka: { brokers: 3, controllers },
      topics: { orders: { partitions: 6, replication: 3, minInSync: 2 } },
    },
    workload: produceConsume({ topic: 'orders', acks: 'all' }),
    warmUp: seconds(8),
    load: [{ rate: perSecond(2_000), for: seconds(40) }],
    timeline: [{ at: seconds(10), fault: down(controller()), hold: seconds(10) }],
    checks: [
      noLoss(),
      noDuplicates(),
      ordered(),
      noStrangers(),
      lagDrained({ within: seconds(30) }),
    ],
  });
}
