import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Ground } from '../../src/environments/conformance/ground.ts';
import { provideEchoImage } from '../container/support/engine.ts';
import { echoesOn } from './support/echo-subject.ts';

/** What is particular to nodes that are pods. */
const folder = mkdtempSync(join(tmpdir(), 'highwater-kubernetes-nodes-'));
const subject = echoesOn(folder);
beforeAll(() => provideEchoImage());
afterAll(() => rmSync(folder, { recursive: true }));

async function onGround(
  run: string,
  wanted: Parameters<typeof Ground.reserve>[1]['wanted'],
  look: (ground: Ground) => Promise<void>,
): Promise<void> {
  await using environment = subject.environment();
  const ground = await Ground.reserve(subject, { environment, run, wanted });
  try {
    await ground.launch(0, wanted.nodes);
    await look(ground);
    await ground.close();
  } finally {
    await ground.scope.close();
  }
}

describe('a node on Kubernetes', () => {
  it('stays cut off when its pod is replaced, until it is healed', async () => {
    const wanted = { nodes: 3, links: ['peer'] } as const;
    await onGround(`replaced-${process.pid}`, wanted, async (ground) => {
      const { links } = ground.book;
      if (links === null) throw new Error('no links were reserved');
      const [one, two, three] = ['echo-1', 'echo-2', 'echo-3'] as const;
      await links.set(one, two, { cut: true });
      await links.set(two, one, { cut: true });
      expect(await ground.dial(one, two)).toBe('silent');
      const control = ground.control(ground.node(1), 'process');
      await control.kill('SIGKILL');
      await control.start(ground.context.signal);
      await ground.untilAnswers(two);
      expect(await ground.dial(two, one)).toBe('silent');
      expect(await ground.dial(one, two)).toBe('silent');
      expect(await ground.dial(three, two)).toMatch(/^echo-2 first life 2 /);
      await links.heal(one, two);
      expect(await ground.dial(one, two)).toMatch(/^echo-2 first life 2 /);
    });
  });

  it('has what the cluster said about it beside its log', async () => {
    const run = `evidence-${process.pid}`;
    await onGround(run, { nodes: 1 }, async (ground) => {
      await ground.control(ground.node(0), 'process').kill('SIGKILL');
      await ground.control(ground.node(0), 'process').start(ground.context.signal);
    });
    const read = (name: string): string => readFileSync(join(folder, run, 'logs', name), 'utf8');
    const reasons = read('kubernetes-events.ndjson')
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { on: string; reason: string }).reason);
    expect(reasons).toEqual(expect.arrayContaining(['SuccessfulCreate', 'Scheduled', 'Started']));
    expect(read('kubernetes-objects.yaml')).toMatch(/kind: StatefulSet[\s\S]*kind: Pod/);
  });
});
