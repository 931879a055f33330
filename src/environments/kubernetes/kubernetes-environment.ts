import { type Clock, realClock } from '../../core/clock.ts';
import { searchedOnce } from '../../core/searched-once.ts';
import { type Folders, foldersOf } from '../../leases/folders.ts';
import type { Capability } from '../capabilities.ts';
import type { Environment } from '../environment.ts';
import { type ImageChoice, imagesFrom } from '../images/image-choice.ts';
import { knownRuns } from '../known-runs.ts';
import { KubernetesRun } from './kubernetes-run.ts';
import { shortfalls } from './preflight.ts';
import { foreignTarget } from './target/foreign-target.ts';
import { kindTarget } from './target/kind-target.ts';
import type { ProvideOptions, Target } from './target/target.ts';

/** How the Kubernetes environment is made; everything has a default. */
export interface KubernetesOptions {
  readonly clock?: Clock;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly folders?: Folders;
  /** Images by name of software, before those of the environment variables. */
  readonly images?: ImageChoice;
  /** Let everything be when a run ends. */
  readonly keep?: boolean;
  /** A cluster that is there, by its context in the kubeconfig, and a namespace of it. */
  readonly foreign?: { readonly context: string; readonly namespace: string };
}

/**
 * Kubernetes as an environment: each node is a StatefulSet of one pod. Unless a cluster is named it
 * is one of kind's that highwater makes when it is first needed, and uses again.
 */
export function kubernetesEnvironment(options: KubernetesOptions = {}): Environment {
  const env = options.env ?? process.env;
  const folders = options.folders ?? foldersOf(env);
  const images = { ...imagesFrom(env), ...options.images };
  const { foreign } = options;
  const target = searchedOnce(
    (of: ProvideOptions): Promise<Target> =>
      foreign === undefined
        ? kindTarget({ env, folders, ...of })
        : foreignTarget({ env, folders, ...foreign }),
  );
  return {
    name: 'kubernetes',
    offers: { offered: new Set(KUBERNETES_OFFERS), clock: 'real', start: 'image' },
    clock: options.clock ?? realClock(),
    preflight: (_needs, signal) => shortfalls({ env, folders, foreign: foreign ?? null }, signal),
    ...knownRuns({
      reserve: async (request, run) => {
        const setting = { target: await target(run), folders, images, keep: options.keep === true };
        return KubernetesRun.reserve(setting, request, run);
      },
      census: (known) => known.census(),
    }),
    // Everything belongs to the scope of a run; the cluster stays for the next one.
    [Symbol.asyncDispose]: async () => {},
  };
}

/** What is on offer in every cluster that lets us start pods. */
export const KUBERNETES_OFFERS: readonly Capability[] = [
  'process.kill',
  'process.crash',
  'process.terminate',
  'process.start',
  'process.pause',
  'node.replace',
  'node.add',
  'volume.read',
  'volume.wipe',
  'link.cut',
  'threads.dump',
  'address.own',
];
