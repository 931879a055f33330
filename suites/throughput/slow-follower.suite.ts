import {
  bytes,
  followerOf,
  lagDrained,
  latencyAtMost,
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
  slow,
  throughputAtLeast,
} from 'highwater';

const kafka = { brokers: 3, controllers: 1 };
const topics = { logs: { partitions: 6, replication: 3, minInSync: 2 } };
const kept = [noLoss(), noDuplicates(), ordered(), noStrangers()];

scenario('a steady rate is held while a follower is a little slow', {
  claim:
    'Links of 3 ms to one follower, which stays in sync, cost latency and no throughput: 90 of ' +
    '100 records a second are acknowledged all the time, 99 of 100 within a second.',
  topology: { kafka, topics },
  workload: produceConsume({ topic: 'logs', acks: 'all' }),
  warmUp: seconds(8),
  // With acks=all each request waits for the slow follower, and a broker answers those of one
  // connection one after the other: a hundred a second is about what passes.
  load: [{ rate: perSecond(100), for: seconds(40) }],
  timeline: [
    {
      at: seconds(8),
      fault: slow(followerOf('logs', 0), { to: 'peers', delay: ms(3), jitter: ms(1) }),
      hold: seconds(15),
    },
  ],
  checks: [
    ...kept,
    throughputAtLeast({ rate: perSecond(90), during: ['baseline', 'disturb', 'recover'] }),
    latencyAtMost({ p99: seconds(1), during: ['disturb'] }),
    lagDrained({ within: seconds(30) }),
  ],
});

scenario('a follower that gets far too little holds writes up and loses nothing', {
  claim:
    'While a follower gets 1 kB a second of its leader, nothing that is acknowledged is lost, ' +
    'doubled or out of order; afterwards the rate is held again, and lag is drained within 30 s.',
  topology: { kafka, topics },
  workload: produceConsume({ topic: 'logs', acks: 'all' }),
  warmUp: seconds(8),
  load: [{ rate: perSecond(600), for: seconds(50) }],
  // No bound on the outage. A broker answers the requests of a connection one after the other, so
  // with acks=all the leader takes no more than the follower gets, and the follower is never behind
  // for long: it stays in sync, and writes are as slow as it is for as long as that lasts.
  timeline: [
    {
      at: seconds(8),
      fault: slow(followerOf('logs', 0, { but: 'controller' }), {
        to: leaderOf('logs', 0),
        bandwidth: bytes(1_000),
      }),
      hold: seconds(12),
    },
  ],
  checks: [
    ...kept,
    throughputAtLeast({ rate: perSecond(550), during: ['baseline', 'recover'] }),
    lagDrained({ within: seconds(30) }),
  ],
});
