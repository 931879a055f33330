import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LogProducer } from '../../src/clients/kafka/port.ts';
import { realClock } from '../../src/core/clock.ts';
import type { JsonObject } from '../../src/core/json.ts';
import { rngOf } from '../../src/core/rng.ts';
import { seconds } from '../../src/core/time.ts';
import { type Links, LOAD_END } from '../../src/environments/links.ts';
import type { EngageInput } from '../../src/faults/fault.ts';
import { cut } from '../../src/faults/links/cut.ts';
import { isolate } from '../../src/faults/links/isolate.ts';
import type { Leadership } from '../../src/systems/system.ts';
import { type RunningKafka, runKafka } from './support/running-kafka.ts';
import { type SteadySends, sendSteadily } from './support/steady-sends.ts';

/** Links between real brokers and a controller of one cluster, from the first cut to the last. */
let kafka: RunningKafka;
let links: Links;
let producer: LogProducer;
let sends: SteadySends;
beforeAll(async () => {
  kafka = await runKafka({ version: '4.3.1' }, 'fast', ['peer', 'load']);
  if (kafka.links === null) throw new Error('no links');
  links = kafka.links;
  await kafka.create([{ name: 'orders', partitions: 6, replication: 3, minInSync: 2 }]);
  // A follower that nothing is written past is in sync, whatever it hears.
  const options = { acks: 'all', idempotent: false, requestTimeout: seconds(2) } as const;
  producer = await kafka.sut.clients('load').producer(options, kafka.signal);
  sends = sendSteadily(
    producer,
    [0, 1, 2, 3, 4, 5].map((partition) => ({ topic: 'orders', partition })),
  );
});
afterAll(async () => {
  await sends.stop();
  await producer[Symbol.asyncDispose]();
  await kafka[Symbol.asyncDispose]();
});

const ids = (): string[] => kafka.sut.nodes.map(({ id }) => id);
const led = (): Promise<readonly Leadership[]> => kafka.sut.leadership(['orders'], kafka.signal);
const whole = (all: readonly Leadership[]): boolean =>
  all.every(({ leader, isr, replicas }) => leader !== null && isr.length === replicas.length);
const nodes = (...names: readonly string[]) =>
  kafka.sut.nodes.filter(({ id }) => names.includes(id));

function input(target: string, params: JsonObject, more: Partial<EngageInput> = {}): EngageInput {
  return {
    targets: nodes(target),
    others: null,
    params,
    sut: kafka.sut,
    topics: ['orders'],
    links,
    group: null,
    members: [],
    clock: realClock(),
    rng: rngOf('links'),
    signal: kafka.signal,
    ...more,
  };
}

describe('links between the processes of a real cluster', () => {
  it('carry all of its traffic: nobody goes around, and every broker reaches the controller', async () => {
    const around: string[] = [];
    for (const one of ids()) {
      for (const other of [LOAD_END, ...ids()].filter((id) => id !== one)) {
        around.push(...(await links.around(one, other)));
      }
    }
    expect(around).toEqual([]);
    for (const broker of ids().filter((id) => id !== 'controller-1')) {
      const { connections, passedBytes } = await links.look(broker, 'controller-1');
      expect([broker, connections > 0, passedBytes > 0]).toEqual([broker, true, true]);
    }
  });

  it('hold what one direction sends, seen by Kafka itself: the follower leaves the in-sync set', async () => {
    const [first] = await led();
    const { leader = '', isr = [], partition } = first ?? {};
    const follower = isr.find((id) => id !== leader) ?? '';
    const engaged = await cut.engage(input(leader ?? '', {}, { others: nodes(follower) }));
    const bitten = await engaged.confirm(kafka.signal);
    expect(bitten.took, bitten.seen).toBe(true);
    await kafka.until('the follower is out', async () => {
      const now = await led();
      const same = now.find((each) => each.partition === partition);
      return same?.leader === leader && !same.isr.includes(follower);
    });
    await engaged.heal(kafka.signal);
    const healed = await engaged.confirmHeal(kafka.signal);
    expect(healed.took, healed.seen).toBe(true);
    await kafka.until('in-sync sets whole', async () => whole(await led()));
  });

  it('take a leader its office when it is isolated from its peers, though clients reach it', async () => {
    const before = await led();
    const victim = before[0]?.leader ?? '';
    const from = kafka.now();
    const engaged = await isolate.engage(input(victim, { far: 'peers' }));
    await kafka.until('another leader', async () => {
      const now = await led();
      return now.every(({ leader }) => leader !== null && leader !== victim);
    });
    const took = kafka.now() - from;
    const bitten = await engaged.confirm(kafka.signal);
    expect(bitten.took, bitten.seen).toBe(true);
    const [toLoad] = links.ways(LOAD_END, victim);
    const at = toLoad?.at ?? { host: '', port: 0 };
    expect(await kafka.sut.speaks(victim, 'load', at, kafka.signal)).toBe(true);
    // The session of 3 s less a heartbeat; and then soon.
    expect(took).toBeGreaterThan(2_500);
    await engaged.heal(kafka.signal);
    const healed = await engaged.confirmHeal(kafka.signal);
    expect(healed.took, healed.seen).toBe(true);
    await kafka.until('in-sync sets whole', async () => whole(await led()), seconds(30));
    console.log(
      `leader isolated from its peers: all leaders elsewhere after ${Math.round(took)} ms`,
    );
  });

  it('are seen to have done nothing when they do nothing', async () => {
    const deaf: Links = { ...links, set: async () => {} };
    const engaged = await isolate.engage(input('broker-1', { far: 'everybody' }, { links: deaf }));
    const { took, seen } = await engaged.confirm(kafka.signal);
    expect(took).toBe(false);
    expect(seen).toMatch(/a fresh round trip .* is answered/);
  });
});
