import { HighwaterError } from '../../../core/errors.ts';
import type { JsonObject } from '../../../core/json.ts';
import { wallClock } from '../../../core/wall-clock.ts';
import type { AllowedTarget } from '../../../leases/target-guard/target.ts';
import { refusalsOf } from '../../../leases/target-guard.ts';
import type { Cluster } from '../cluster.ts';
import type { NodePortPool } from '../node-ports.ts';
import { factsOf, type TargetAsked } from './facts.ts';

/** A cluster that the guard has let pass, and how runs use it. */
export interface Target {
  readonly cluster: Cluster;
  /** Where runs have to stay; each makes a namespace of its own unless told. */
  readonly namespace?: string;
  readonly pool: NodePortPool;
  /** By what a sweep finds the same cluster again, and knows it. */
  readonly lease: ClusterLease;
  /** Sees to it that the cluster can have these images. */
  provideImages(references: readonly string[], of: ProvideOptions): Promise<void>;
}

/** What a lease tells of the cluster that it is about. */
export interface ClusterLease extends JsonObject {
  readonly kubeconfig: string;
  readonly kubeSystemUid: string;
  /** Made by us: where another one is in its place, it is gone with all that it had. */
  readonly isOurs: boolean;
}

/** Until when, and who is told. */
export interface ProvideOptions {
  readonly signal: AbortSignal;
  readonly progress: (doing: string) => void;
}

/** Throws unless the guard lets the target pass; everything that is wrong with it at once. */
export async function guardTarget(
  cluster: Cluster,
  asked: TargetAsked,
  allowed: AllowedTarget | null,
): Promise<{ readonly kubeSystemUid: string }> {
  const facts = await factsOf(cluster, asked);
  const refusals = refusalsOf(facts, allowed, wallClock().getTime());
  if (refusals.length === 0) return facts;
  const what = refusals.map((each) => `${each.what} (${each.rule})`).join('; ');
  throw new HighwaterError('TARGET_REFUSED', `context "${asked.context}" is refused: ${what}`, {
    hint: [...new Set(refusals.map(({ hint }) => hint))].join('; '),
    facts: { rules: refusals.map(({ rule }) => rule) },
  });
}

/** The UID of the cluster that a kubeconfig leads to now: it may be another one meanwhile. */
export async function uidOf({ core }: Cluster): Promise<string> {
  const { metadata } = await core.readNamespace({ name: 'kube-system' });
  return metadata?.uid ?? '';
}
