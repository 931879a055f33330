import { runCommand } from '../../../core/exec.ts';
import type { Folders } from '../../../leases/folders.ts';
import { openCluster } from '../cluster.ts';
import { ensureKindCluster, kindClusterName } from '../kind/kind-cluster.ts';
import { loadImages } from '../kind/load-images.ts';
import { NODE_PORTS } from '../kind/pool.ts';
import { guardTarget, type ProvideOptions, type Target } from './target.ts';

/** Whose cluster, and by which settings. */
export interface KindTargetOptions extends ProvideOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly folders: Folders;
}

/** The kind cluster that highwater makes for itself: made now if it is not there yet. */
export async function kindTarget(options: KindTargetOptions): Promise<Target> {
  const { env, folders, signal, progress } = options;
  const name = kindClusterName(env);
  const kind = await ensureKindCluster({ name, env, folders, signal, progress });
  const cluster = await openCluster(kind.kubeconfig);
  const { context, kubeSystemUid, caSha256, kubeconfig } = kind;
  const recorded = { kind: 'kind', name, kubeSystemUid, caSha256 } as const;
  await guardTarget(cluster, { kind: 'kind', context, namespace: null }, recorded);
  return {
    cluster,
    pool: NODE_PORTS,
    lease: { kubeconfig, kubeSystemUid, isOurs: true },
    provideImages: async (references, of) => {
      const host = { run: runCommand, signal: of.signal, progress: of.progress };
      await loadImages(kind, references, host);
    },
  };
}
