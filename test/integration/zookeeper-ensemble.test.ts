import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ensembleAgreesChecker } from '../../src/checkers/standing/ensemble-agrees.ts';
import { recordOf } from '../../src/checkers/test/a-record.ts';
import { makesRoundTrip } from '../../src/clients/zookeeper/round-trip.ts';
import { realClock } from '../../src/core/clock.ts';
import type { Node, NodeSpec } from '../../src/environments/node.ts';
import type { EnsembleEvent, RunEvent } from '../../src/record/events.ts';
import { askServers } from '../../src/systems/zookeeper/ask-servers.ts';
import { askedAt } from '../../src/systems/zookeeper/ensemble-layout.ts';
import { lookAtEnsemble } from '../../src/systems/zookeeper/final-look.ts';
import { type RunningEnsemble, runEnsemble } from './support/running-ensemble.ts';
import { writeNodes } from './support/write-node.ts';

type Told = RunEvent & EnsembleEvent;

/** What the servers tell at the end of a run. */
async function lookedAt(ensemble: RunningEnsemble): Promise<readonly Told[]> {
  const told: Told[] = [];
  const recorder = {
    event: (body: EnsembleEvent, t: number) => void told.push({ t, ...body }),
    samples: () => {},
    deliveries: () => {},
  };
  const { signal } = ensemble;
  const by = { recorder, clock: realClock(), signal };
  await lookAtEnsemble(ensemble, by as unknown as Parameters<typeof lookAtEnsemble>[1]);
  return told;
}

function judged({ spec }: RunningEnsemble, told: readonly Told[]) {
  const record = recordOf((draft) => {
    draft.plan = { ...draft.plan, system: { kind: 'kafka', spec: { zookeeper: { ...spec } } } };
    draft.events.push(...told);
  });
  const { outcome, because, anomalies } = ensembleAgreesChecker.check(record, {});
  return { outcome, because, codes: [...new Set(anomalies.map(({ code }) => code))] };
}

async function inMode(ensemble: RunningEnsemble, mode: string): Promise<readonly Node[]> {
  const asked = await askServers(ensemble.spec, ensemble.book, ensemble.signal);
  const ids = asked
    .filter(({ answer }) => !('error' in answer) && answer.mode === mode)
    .map(({ node }) => node);
  return ensemble.nodes.filter(({ id }) => ids.includes(id));
}

const at = (node: Node, { book }: RunningEnsemble) => askedAt({ node: node.id }, book);

describe.each(['3.9.5', '3.8.6'])('an ensemble of three servers of ZooKeeper %s', (version) => {
  it('is ready, answers at all its ports, and agrees', async () => {
    await using ensemble = await runEnsemble({ version });
    console.log(`ZooKeeper ${version}: ready after ${Math.round(ensemble.readyAfter)} ms`);
    const { book, signal } = ensemble;
    const [leader] = await inMode(ensemble, 'leader');
    for (const port of ['client', 'quorum', 'election'] as const) {
      const where = book.listen(leader?.id ?? '', port, 'peer');
      expect([port, await makesRoundTrip(where, port, signal)]).toEqual([port, true]);
      expect(await makesRoundTrip({ ...where, port: 1 }, port, signal)).toBe(false);
    }
    const log = readFileSync(leader?.logFile ?? '', 'utf8').split('\n');
    expect(log[0]).toMatch(
      /^\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}\] INFO .+ \(org\.apache\..+\)$/,
    );
    expect(log.some((line) => line.includes('LEADING - LEADER ELECTION TOOK'))).toBe(true);

    const told = await lookedAt(ensemble);
    expect(told).toHaveLength(3);
    expect(judged(ensemble, told)).toMatchObject({ outcome: 'pass', codes: [] });
  });
});

describe('an ensemble', () => {
  /**
   * The mishap: somebody starts one server by hand without the list of its peers, it is written to,
   * and then it is started as it should be. Its peers have got on by more than it has, and send it
   * what it lacks beyond its own last transaction: nobody ever compares what lies before.
   */
  it('of which one server was written to on its own has diverged, and that is seen', async () => {
    await using ensemble = await runEnsemble();
    const { signal } = ensemble;
    const [leader] = await inMode(ensemble, 'leader');
    const [victim] = await inMode(ensemble, 'follower');
    if (leader === undefined || victim === undefined) throw new Error('no leader and follower');
    await writeNodes(at(leader, ensemble), ['/kept'], signal);
    expect(judged(ensemble, await lookedAt(ensemble)).outcome).toBe('pass');

    const { spec } = victim;
    await restartedAs(victim, alone(spec), signal);
    await ensemble.until('it serves', async () => {
      return (await inMode(ensemble, 'standalone')).length === 1;
    });
    await writeNodes(at(victim, ensemble), ['/its-own'], signal);
    const others = Array.from({ length: 9 }, (_, index) => `/of-the-others-${index}`);
    await writeNodes(at(leader, ensemble), others, signal);
    await restartedAs(victim, spec, signal);
    await ensemble.ready();

    const told = await lookedAt(ensemble);
    expect(new Set(told.map(({ zxid }) => zxid)).size).toBe(1);
    const { outcome, because, codes } = judged(ensemble, told);
    expect([outcome, codes, because]).toEqual(['fail', ['DIVERGED'], expect.any(String)]);
    expect(because).toContain(`DIVERGED ${victim.id}`);
  });
});

/** The same server without its peers. */
const alone = (spec: NodeSpec): NodeSpec => ({
  ...spec,
  files: {
    ...spec.files,
    'zoo.cfg': (spec.files['zoo.cfg'] ?? '').replaceAll(/^server\..*\n/gm, ''),
  },
});

async function restartedAs(node: Node, spec: NodeSpec, signal: AbortSignal): Promise<void> {
  const control = node.control('process');
  await control?.kill('SIGKILL');
  await control?.replace?.(spec, signal);
}
