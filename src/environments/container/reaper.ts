import { messageOf } from '../../core/errors.ts';
import type { Engine } from './engine.ts';
import type { Labels } from './layout.ts';

/**
 * Ryuk, testcontainers' reaper: a container that takes away what bears the label of a session soon
 * after the last client of that session has gone, however it went. It is used where its image is
 * there already: without one nothing is pulled for it, and `sweep` does the same later.
 * RYUK_CONTAINER_IMAGE and TESTCONTAINERS_RYUK_DISABLED are testcontainers' own.
 */
export async function reaperSession(
  engine: Engine,
  progress: (doing: string) => void,
): Promise<Labels> {
  if (process.env['TESTCONTAINERS_RYUK_DISABLED'] === 'true') return {};
  if (!(await hasReaper(engine))) return {};
  const { getReaper, LABEL_TESTCONTAINERS_SESSION_ID } = await import('testcontainers');
  try {
    const { sessionId } = await getReaper(engine.runtime);
    return { [LABEL_TESTCONTAINERS_SESSION_ID]: sessionId };
  } catch (thrown) {
    progress(`no Ryuk, so a killed run is given back by sweep: ${messageOf(thrown)}`);
    return {};
  }
}

/** Whether the engine has an image of it, under any version. */
export async function hasReaper({ docker }: Engine): Promise<boolean> {
  const wanted = process.env['RYUK_CONTAINER_IMAGE'] ?? 'testcontainers/ryuk';
  const filters = JSON.stringify({ reference: [wanted] });
  return (await docker.listImages({ filters })).length > 0;
}
