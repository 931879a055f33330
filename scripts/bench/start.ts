import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newSeed } from '../../src/cli/new-seed.ts';
import { PLAIN_KAFKA } from '../../src/cli/up/plain-kafka.ts';
import { upRun } from '../../src/cli/up/state.ts';
import { runCommandOk } from '../../src/core/exec.ts';
import { silentProgress } from '../../src/core/progress.ts';
import { seconds } from '../../src/core/time.ts';
import { wallClock } from '../../src/core/wall-clock.ts';
import { composition, environmentNamed } from '../../src/registry.ts';
import { planOrThrow } from '../../src/scenario/conduct.ts';
import { openStanding } from '../../src/scenario/standing/standing.ts';
import { bestOf, type Figure, median } from './figure.ts';

const JVM = ['java', '-XX:TieredStopAtLevel=1', '-version'];

/**
 * From nothing to three brokers that are ready and have a topic, against a JVM that says hello. The
 * first of three starts may still have to make a cluster, or bring images there; the middle one
 * of them does not.
 */
export async function startFigures(
  environments: readonly string[],
  signal: AbortSignal,
): Promise<readonly Figure[]> {
  const jvm = await bestOf(3, () => runCommandOk(JVM, { signal, within: seconds(20) }));
  const against = { what: 'a JVM that prints its version', value: jvm };
  const figures: Figure[] = [];
  for (const env of environments) {
    const took: number[] = [];
    while (took.length < 3) took.push(await startOnce(env, signal));
    const what = `three brokers and a controller ready (${env})`;
    figures.push({ part: 'start', what, value: median(took), unit: 'ms', against });
  }
  return figures;
}

async function startOnce(env: string, signal: AbortSignal): Promise<number> {
  const directory = mkdtempSync(join(tmpdir(), 'highwater-bench-'));
  await using environment = environmentNamed(env, {});
  const planned = planOrThrow(PLAIN_KAFKA, composition, {
    environment,
    seed: newSeed(),
    profile: 'fast',
    control: true,
    suite: '',
  });
  const from = performance.now();
  const standing = await openStanding({
    planned,
    parts: composition.parts(planned, environment),
    openLeases: composition.openLeases,
    progress: silentProgress,
    signal,
    run: upRun('bench', wallClock()),
    directory,
    links: [],
  });
  const took = performance.now() - from;
  const { failures, leftovers } = await standing.close();
  rmSync(directory, { recursive: true });
  if (failures + leftovers.length > 0) throw new Error('the brokers were not given back');
  return took;
}
