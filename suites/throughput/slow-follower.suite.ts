import {
  bytes,
  failoverWithin,
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

scenario('a rate is held without a follower that cannot keep up', {
  claim:
    'A follower that gets 1 kB a second of its leader leaves the in-sync set; writes are out for ' +
    'at most 12 s until then, nothing acknowledged is lost, and the rate is held again.',
  topology: { kafka, topics },
  workload: produceConsume({ topic: 'logs', acks: 'all' }),
  warmUp: seconds(8),
  load: [{ rate: perSecond(600), for: seconds(50) }],
  // Much less than what comes in. A follower that is only a little too slow gets all that there is
  // with each fetch, so it counts as caught up as of the fetch before, and leaves late: at a third
  // of what came in writes were out for 16 s.
  timeline: [
    {
      at: seconds(8),
      // Who is asked to take it out must not be behind the slow link itself.
      fault: slow(followerOf('logs', 0, { but: 'controller' }), {
        to: leaderOf('logs', 0),
        bandwidth: bytes(1_000),
      }),
      hold: seconds(20),
    },
  ],
  checks: [
    ...kept,
    // In the fast profile replica.lag.time.max.ms is 5 s, looked at every half of it.
    failoverWithin(seconds(12)),
    throughputAtLeast({ rate: perSecond(550), during: ['baseline', 'recover'] }),
    lagDrained({ within: seconds(30) }),
  ],
});
