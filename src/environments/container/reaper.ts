import { messageOf } from '../../core/errors.ts';
import type { Engine } from './engine.ts';
import { hasImage } from './images.ts';
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

/** The image that testcontainers starts for it; it pulls just this one, whatever else is there. */
export const reaperImage = (): string =>
  process.env['RYUK_CONTAINER_IMAGE'] ?? 'testcontainers/ryuk:0.14.0';

/** Whether the engine has that image. */
export const hasReaper = (engine: Engine): Promise<boolean> => hasImage(engine, reaperImage());
