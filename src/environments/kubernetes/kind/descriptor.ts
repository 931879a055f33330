import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isErrno } from '../../../core/errno.ts';
import { HighwaterError } from '../../../core/errors.ts';

/**
 * By what a cluster is known again as one that we made. A name says nothing: anybody can make a
 * cluster of that name. The certificate authority and the UID of kube-system are new with each.
 */
export interface KindDescriptor {
  readonly name: string;
  readonly context: string;
  readonly kubeSystemUid: string;
  readonly caSha256: string;
  /** Ids of the containers that are its nodes; none where docker cannot be asked for them. */
  readonly containers: readonly string[];
  /** When all of it was there: wall clock, ISO 8601. */
  readonly createdAt: string;
}

/** Where the things of a cluster are kept. */
export interface KindFiles {
  readonly descriptor: string;
  readonly kubeconfig: string;
}

/** Files of a cluster below a cache folder. */
export const kindFilesOf = (cache: string, name: string): KindFiles => ({
  descriptor: join(cache, 'kind', `${name}.json`),
  kubeconfig: join(cache, 'kind', `${name}.kubeconfig`),
});

/** The context that kind gives a cluster in a kubeconfig. */
export const contextOf = (name: string): string => `kind-${name}`;

/** Reads a descriptor; null when there is none, or none that can be believed. */
export async function readDescriptor(path: string): Promise<KindDescriptor | null> {
  try {
    return parseDescriptor(await readFile(path, 'utf8'));
  } catch (thrown) {
    if (isErrno(thrown, 'ENOENT')) return null;
    throw thrown;
  }
}

/** A descriptor from its text; null when it is not one. */
export function parseDescriptor(text: string): KindDescriptor | null {
  let data: Record<string, unknown>;
  try {
    data = Object(JSON.parse(text)) as Record<string, unknown>;
  } catch {
    return null; // Cut short, or not ours.
  }
  const { name, context, kubeSystemUid, caSha256, containers, createdAt } = data;
  if (!isText(name) || !isText(context) || !isText(kubeSystemUid)) return null;
  if (!isText(caSha256) || !isText(createdAt) || Number.isNaN(Date.parse(createdAt))) return null;
  if (!Array.isArray(containers) || !containers.every(isText)) return null;
  return { name, context, kubeSystemUid, caSha256, containers, createdAt };
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

/** Writes a descriptor, whole or not at all. */
export const writeDescriptor = (path: string, descriptor: KindDescriptor): Promise<void> =>
  writePrivately(path, `${JSON.stringify(descriptor, null, 2)}\n`);

/** Writes a file that only this user may read, whole or not at all. */
export async function writePrivately(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, text, { flag: 'wx', mode: 0o600 });
  await rename(draft, path);
}

/** What a kubeconfig says of one cluster. */
export interface KubeconfigFacts {
  readonly server: string;
  /** SHA-256, in hex, of the authority's certificate as the kubeconfig holds it. */
  readonly caSha256: string;
}

/** Reads where a context leads, and by which authority it knows that it got there. */
export async function kubeconfigFacts(text: string, context: string): Promise<KubeconfigFacts> {
  const { KubeConfig } = await import('@kubernetes/client-node');
  const config = new KubeConfig();
  config.loadFromString(text);
  const found = config.getCluster(config.getContextObject(context)?.cluster ?? '');
  if (!found?.caData) {
    const text = `kubeconfig: no context "${context}" with a certificate authority`;
    throw new HighwaterError('ENV_NOT_READY', text);
  }
  const authority = Buffer.from(found.caData, 'base64');
  return {
    server: found.server,
    caSha256: createHash('sha256').update(authority).digest('hex'),
  };
}
