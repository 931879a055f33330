import { createHash } from 'node:crypto';
import { mkdir, rename } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { HighwaterError } from '../../../core/errors.ts';
import type { Folders } from '../../../leases/folders.ts';
import { allowedClusters } from '../../../leases/target-guard/allowed-clusters.ts';
import { openCluster } from '../cluster.ts';
import type { NodePortPool } from '../node-ports.ts';
import { minifyKubeconfig } from './minified-config.ts';
import { guardTarget, type Target } from './target.ts';

/** A cluster that somebody names, and the namespace there that agreed to it. */
export interface ForeignTargetOptions {
  readonly context: string;
  readonly namespace: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly folders: Folders;
}

/**
 * A cluster that is not ours, if the guard lets it pass: by a private copy of its entry in the
 * kubeconfig, so that nobody who switches contexts sends us elsewhere.
 */
export async function foreignTarget(options: ForeignTargetOptions): Promise<Target> {
  const { context, namespace, env, folders } = options;
  const pool = poolFrom(env);
  const allowed = allowedClusters(env);
  const kubeconfig = await privateCopy(options, join(folders.cache, 'targets'));
  const cluster = await openCluster(kubeconfig);
  const asked = { kind: 'foreign', context, namespace } as const;
  const { kubeSystemUid } = await guardTarget(cluster, asked, allowed);
  return {
    cluster,
    namespace,
    pool,
    lease: { kubeconfig, kubeSystemUid, isOurs: false },
    // Its nodes pull what they need.
    provideImages: async () => {},
  };
}

async function privateCopy(
  { context, env }: ForeignTargetOptions,
  folder: string,
): Promise<string> {
  const from = resolve(env['KUBECONFIG'] || join(homedir(), '.kube', 'config'));
  const mark = createHash('sha256').update(`${from}\0${context}`).digest('hex').slice(0, 16);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const to = join(folder, `${mark}.kubeconfig`);
  const draft = `${to}.${process.pid}`;
  await minifyKubeconfig({ from, context, to: draft });
  await rename(draft, to);
  return to;
}

const POOL = 'HIGHWATER_NODE_PORTS';

/** Ports of a node that runs may take, as `192.0.2.7:30900-30971`. Pure. */
export function poolFrom(env: Readonly<Record<string, string | undefined>>): NodePortPool {
  const said = env[POOL] ?? '';
  const [, host = '', from = '', to = ''] = /^(.+):(\d{5})-(\d{5})$/.exec(said) ?? [];
  const [first, last] = [Number(from), Number(to)];
  if (host !== '' && first >= 30_000 && last <= 32_767 && first <= last)
    return { host, first, last };
  const text =
    said === ''
      ? `${POOL} is not set: how load and checks come to pods is not known`
      : `${POOL}: "${said}" is not HOST:FIRST-LAST within 30000 to 32767`;
  throw new HighwaterError('USAGE', text, {
    hint: 'the address of one of its nodes, and a range of NodePorts that nobody else uses',
  });
}
