import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommandOk } from '../../../src/core/exec.ts';
import { minutes } from '../../../src/core/time.ts';
import { buildImage } from '../../../src/environments/container/build-image.ts';
import { findEngine } from '../../../src/environments/container/engine.ts';
import { hasImage } from '../../../src/environments/container/images.ts';
import { provideDistribution } from '../../../src/environments/local/software/distribution.ts';
import { foldersOf } from '../../../src/leases/folders.ts';
import { ECHO_IMAGE, ECHO_JARS } from '../../integration/support/echo-nodes.ts';

/** An image with a `java` on its PATH, on which images of tests are built. */
export const BASE = process.env['HIGHWATER_TEST_BASE'] ?? 'eclipse-temurin:17-jre';

/** As in images of upstream: a user of their own, and volumes that nobody asked for. */
const RECIPE = `ARG BASE
FROM \${BASE}
COPY libs/ /opt/echo/
VOLUME /var/lib/echo
USER 1000
`;

/** The volumes of the engine that bear no name: those that images declare. */
export async function namelessVolumes(): Promise<readonly string[]> {
  const { docker } = await findEngine();
  const { Volumes } = await docker.listVolumes();
  const names = (Volumes ?? []).map(({ Name }) => Name);
  return names.filter((name) => /^[0-9a-f]{64}$/.test(name)).toSorted();
}

/** Makes sure that the engine has the image of echoes. */
export async function provideEchoImage(): Promise<void> {
  const engine = await findEngine();
  if (await hasImage(engine, ECHO_IMAGE.reference)) return;
  const folder = mkdtempSync(join(tmpdir(), 'highwater-echo-'));
  try {
    const recipe = join(folder, 'Dockerfile');
    writeFileSync(recipe, RECIPE);
    const { classPath } = await provideDistribution(ECHO_JARS, {
      cache: foldersOf(process.env).cache,
      drafts: folder,
      run: 'echo-image',
      signal: new AbortController().signal,
      progress: () => {},
      maven: async (argv, cwd, signal) => {
        await runCommandOk(argv, { cwd, signal, within: minutes(5) });
      },
    });
    const { reference: tag } = ECHO_IMAGE;
    await buildImage(engine, { tag, base: BASE, recipe: [recipe], jars: classPath });
  } finally {
    rmSync(folder, { recursive: true });
  }
}
