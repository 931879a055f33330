import { HighwaterError } from '../../core/errors.ts';
import type { NodeSpec } from '../node.ts';

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
