import { HighwaterError, messageOf } from '../../core/errors.ts';
import type { NodeSpec } from '../node.ts';
import { type Engine, saysStatus } from './engine.ts';

/** References of images by name of software, where they are not the usual ones. */
export type ImageChoice = Readonly<Record<string, string>>;

/** Has nft, ss and socat; joins nothing but the networks of nodes. */
export const NET_IMAGE = 'nicolaka/netshoot:v0.13';

/**
 * Images as the environment variables say: HIGHWATER_IMAGE_KAFKA, HIGHWATER_IMAGE_ZOOKEEPER, …, and
 * HIGHWATER_IMAGE_NET for the helper that cuts links. `{version}` in them is the node's version.
 */
export function imagesFrom(env: Readonly<Record<string, string | undefined>>): ImageChoice {
  const prefix = 'HIGHWATER_IMAGE_';
  const chosen = Object.entries(env).flatMap(([name, value]) =>
    name.startsWith(prefix) && value !== undefined && value !== ''
      ? [[name.slice(prefix.length).toLowerCase(), value] as const]
      : [],
  );
  return Object.fromEntries(chosen);
}

/** The image of a node. */
export function imageOf({ id, software, start }: NodeSpec, chosen: ImageChoice): string {
  const reference = chosen[software.name] ?? start.image?.reference;
  if (reference === undefined) {
    throw new HighwaterError('BUG', `bug in highwater: node ${id} has no image to start`);
  }
  return reference.replaceAll('{version}', software.version);
}

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
