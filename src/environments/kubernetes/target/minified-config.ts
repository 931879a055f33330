import { readFile, writeFile } from 'node:fs/promises';
import type { Cluster, KubeConfig, User } from '@kubernetes/client-node';
import { HighwaterError, messageOf } from '../../../core/errors.ts';

/** Which context of which kubeconfig, and where the copy goes. */
export interface MinifySpec {
  readonly from: string;
  readonly context: string;
  readonly to: string;
}

/**
 * Writes a kubeconfig of one context, with its cluster and user and their certificates, that only
 * this user may read: whoever switches contexts meanwhile cannot send us elsewhere. It goes by the
 * file that it is given and never by $KUBECONFIG or ~/.kube. How a user logs in (exec, auth
 * provider) stays as it is. What the client library does not know of a kubeconfig is not copied
 * (`tokenFile`, `as-groups`): that user can do less by the copy, never more.
 */
export async function minifyKubeconfig({ from, context, to }: MinifySpec): Promise<void> {
  const { KubeConfig } = await import('@kubernetes/client-node');
  const all = new KubeConfig();
  try {
    all.loadFromFile(from);
  } catch (cause) {
    throw new HighwaterError('ENV_NOT_READY', `kubeconfig ${from}: ${messageOf(cause)}`, { cause });
  }
  const found = all.getContexts().find(({ name }) => name === context);
  if (found === undefined) throw unknownContext(all, { from, context, to });
  const cluster = all.getCluster(found.cluster);
  const user = all.getUser(found.user);
  if (cluster === null || user === null) {
    const lost = cluster === null ? `cluster "${found.cluster}"` : `user "${found.user}"`;
    const text = `kubeconfig ${from}: context "${context}" names ${lost}, which is not in it`;
    throw new HighwaterError('TARGET_REFUSED', text, { hint: 'name another context, or mend it' });
  }
  const one = new KubeConfig();
  one.loadFromOptions({
    contexts: [found],
    clusters: [await withCertificates(cluster)],
    users: [await withKeys(user)],
    currentContext: context,
  });
  await writeNew(to, one.exportConfig());
}

function unknownContext(all: KubeConfig, { from, context }: MinifySpec): HighwaterError {
  const known = all.getContexts().map(({ name }) => name);
  const asked = context === '' ? 'no context was named' : `it has no context "${context}"`;
  const list = known.length === 0 ? 'none' : known.map((name) => `"${name}"`).join(', ');
  return new HighwaterError('TARGET_REFUSED', `kubeconfig ${from}: ${asked}; it has ${list}`, {
    facts: { known },
    hint: 'name one of them; whichever is current is never used by itself',
  });
}

// Data goes before a file, as kubectl has it; the library would take the file.
async function withCertificates({ caFile, ...cluster }: Cluster): Promise<Cluster> {
  if (cluster.caData || !caFile) return cluster;
  return { ...cluster, caData: await inBase64(caFile) };
}

async function withKeys({ certFile, keyFile, ...user }: User): Promise<User> {
  const cert = user.certData || !certFile ? {} : { certData: await inBase64(certFile) };
  const key = user.keyData || !keyFile ? {} : { keyData: await inBase64(keyFile) };
  return { ...user, ...cert, ...key };
}

async function inBase64(path: string): Promise<string> {
  try {
    return await readFile(path, 'base64');
  } catch (cause) {
    const text = `the kubeconfig names ${path}: ${messageOf(cause)}`;
    throw new HighwaterError('ENV_NOT_READY', text, { cause });
  }
}

/** Fails when there is a file, even as a link: its mode is not ours, and it may be in use. */
async function writeNew(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text, { flag: 'wx', mode: 0o600 });
  } catch (cause) {
    const text = `kubeconfig ${path} cannot be written: ${messageOf(cause)}`;
    throw new HighwaterError('ENV_NOT_READY', text, { cause });
  }
}
