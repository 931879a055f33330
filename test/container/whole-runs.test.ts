import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentProgress } from '../../src/core/progress.ts';
import { containerEnvironment } from '../../src/environments/container/container-environment.ts';
import { composition, environmentNamed } from '../../src/registry.ts';
import { type Conducted, conduct, planOrThrow } from '../../src/scenario/conduct.ts';
import { firstOf } from '../integration/support/first-of.ts';
import { why } from '../integration/support/whole-run.ts';
import { namelessVolumes } from './support/engine.ts';
import { provideImages } from './support/kafka-images.ts';

/** Suites of the repository, as they are, in containers. */
const out = mkdtempSync(join(tmpdir(), 'highwater-containers-'));
afterAll(() => rmSync(out, { recursive: true, force: true }));
beforeAll(() =>
  provideImages(
    { software: 'kafka', version: '4.3.1' },
    { software: 'kafka', version: '3.9.1' },
    { software: 'zookeeper', version: '3.9.5' },
  ),
);

const never = new AbortController().signal;
const shared = { seed: 'containers', profile: 'fast', control: false } as const;

async function runIn(suite: string, kafka = {}): Promise<Conducted> {
  await using environment = containerEnvironment();
  return await conduct((await firstOf(suite)).scenario, composition, {
    ...shared,
    environment,
    overrides: { kafka },
    suite,
    out,
    progress: silentProgress,
    signal: never,
    interrupt: never,
  });
}

describe('a suite in containers', () => {
  it.each([
    ['failover/leader-down', {}],
    ['failover/leader-down', { version: '3.9.1', mode: 'zookeeper' }],
    ['failover/leader-isolated', {}],
  ])('holds: %s %o', async (suite, kafka) => {
    const before = await namelessVolumes();
    const conducted = await runIn(suite, kafka);
    expect(conducted.result.outcome, why(conducted)).toBe('pass');
    expect(await namelessVolumes()).toEqual(before);
  });

  it.each(['failover/leader-down', 'failover/leader-isolated'])(
    'has the same plan as locally, but for the name of the environment: %s',
    async (suite) => {
      const found = await firstOf(suite);
      const plans = await Promise.all(
        ['local', 'container'].map(async (name) => {
          await using environment = environmentNamed(name, {});
          const options = { ...shared, environment, suite };
          return planOrThrow(found.scenario, composition, options).plan;
        }),
      );
      const [local, container] = plans;
      expect(container?.environment).toBe('container');
      expect({ ...container, environment: 'local' }).toEqual(local);
    },
  );

  it('is refused where it needs what is not on offer, with the reason', async () => {
    await using environment = containerEnvironment();
    const { scenario, suite } = await firstOf('failover/disk-full');
    const planning = () => planOrThrow(scenario, composition, { ...shared, environment, suite });
    expect(planning).toThrow(/volume\.limit/);
  });
});
