import { HighwaterError, messageOf } from '../../core/errors.ts';
import { type Engine, saysStatus } from './engine.ts';

/** Whether the engine has an image, under the name that a registry's prefix may give it. */
export async function hasImage(engine: Engine, reference: string): Promise<boolean> {
  try {
    await engine.docker.getImage(await prefixed(reference)).inspect();
    return true;
  } catch (thrown) {
    if (saysStatus(thrown, 404)) return false;
    throw thrown;
  }
}

/** Makes sure that the engine has an image, and gives the name under which it does. */
export async function ensureImage(
  engine: Engine,
  reference: string,
  progress: (doing: string) => void,
): Promise<string> {
  const name = await prefixed(reference);
  if (await hasImage(engine, reference)) return name;
  progress(`pulling ${name}`);
  const { ImageName } = await import('testcontainers');
  let why = 'the registry gave nothing';
  try {
    await engine.runtime.image.pull(ImageName.fromString(reference));
    if (await hasImage(engine, reference)) return name;
  } catch (thrown) {
    why = messageOf(thrown);
  }
  throw new HighwaterError('ENV_NOT_READY', `no image ${name}: ${why}`, {
    hint:
      'pull it, or name another by HIGHWATER_IMAGE_<SOFTWARE>; without a registry: highwater ' +
      'images build',
  });
}

/** TESTCONTAINERS_HUB_IMAGE_NAME_PREFIX goes before names without a registry. */
async function prefixed(reference: string): Promise<string> {
  const { ImageName } = await import('testcontainers');
  return ImageName.fromString(reference).string;
}
