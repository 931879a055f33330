import { assertNever } from '../core/errors.ts';
import { ALLOW_CLUSTER } from './target-guard/allowed-clusters.ts';
import { kindRefusals } from './target-guard/made-by-us.ts';
import { namespaceRefusals } from './target-guard/namespace.ts';
import { permissionRefusals } from './target-guard/permissions.ts';
import { productionRefusals } from './target-guard/production.ts';
import type { AllowedTarget, Refusal, TargetFacts } from './target-guard/target.ts';

/**
 * Whether a Kubernetes cluster may be worked on at all. One that highwater made is known by its
 * record; any other has to be named by whoever starts highwater (the allow-list), agreed to by
 * whoever owns the namespace (the consent), must not look like production, and must not give us
 * more than we need. What could not be found out refuses.
 *
 * It judges facts of one moment. Whoever is about to destroy something gathers them anew.
 */

/** Every reason why a target may not be used at `now` (milliseconds of Date); none: it may. */
export function refusalsOf(
  target: TargetFacts,
  allowed: AllowedTarget | null,
  now: number,
): readonly Refusal[] {
  return [...missing(target), ...byKind(target, allowed, now)];
}

function byKind(
  target: TargetFacts,
  allowed: AllowedTarget | null,
  now: number,
): readonly Refusal[] {
  switch (target.kind) {
    case 'kind':
      return kindRefusals(target, allowed);
    case 'foreign':
      return [
        ...notAllowed(target, allowed),
        ...namespaceRefusals(target.namespace, now),
        ...productionRefusals(target),
        ...permissionRefusals(target),
      ];
    default:
      return assertNever(target.kind);
  }
}

function missing({ context, server, kubeSystemUid, caSha256 }: TargetFacts): readonly Refusal[] {
  const refusals: Refusal[] = [];
  if (context.trim() === '') {
    refusals.push({
      rule: 'context-named',
      what: 'no context was named, and whichever is current is never used',
      hint: 'name the context of the kubeconfig that is meant',
    });
  }
  // Over plain HTTP anybody on the way could be the cluster.
  if (!URL.canParse(server) || new URL(server).protocol !== 'https:') {
    refusals.push({
      rule: 'server-known',
      what: `the server is "${server}", not the URL of an API server with https`,
      hint: 'see the entry of the cluster in the kubeconfig',
    });
  }
  if (kubeSystemUid.trim() === '') {
    refusals.push({
      rule: 'uid-known',
      what: 'the UID of namespace kube-system, which tells clusters apart, cannot be read',
      hint: 'grant the verb get on namespaces with the resource name kube-system by a ClusterRole',
    });
  }
  if (caSha256.trim() === '') {
    refusals.push({
      rule: 'ca-known',
      what: 'the kubeconfig has no authority to verify the server by, or asks not to verify it',
      hint: 'give certificate-authority-data, and no insecure-skip-tls-verify',
    });
  }
  return refusals;
}

function notAllowed(
  { kubeSystemUid }: TargetFacts,
  allowed: AllowedTarget | null,
): readonly Refusal[] {
  const uids = allowed?.kind === 'foreign' ? allowed.kubeSystemUids : [];
  if (kubeSystemUid.trim() === '' || uids.includes(kubeSystemUid)) return [];
  return [
    {
      rule: 'cluster-allowed',
      what: `the cluster whose kube-system has UID "${kubeSystemUid}" is not on the allow-list`,
      hint: `when it is meant: ${ALLOW_CLUSTER}=${kubeSystemUid}`,
    },
  ];
}
