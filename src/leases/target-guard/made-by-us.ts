import type { AllowedTarget, Refusal, TargetFacts } from './target.ts';

const MADE_ANEW = 'delete it with kind delete cluster, and let highwater make it anew';

/**
 * Refuses a kind cluster that is not, by all that identifies it, the one that was recorded when
 * highwater made it. Our identity there is its administrator, as it has to be.
 */
export function kindRefusals(
  target: TargetFacts,
  allowed: AllowedTarget | null,
): readonly Refusal[] {
  const refusals: Refusal[] = [];
  if (URL.canParse(target.server) && !isLoopback(target.server)) {
    refusals.push({
      rule: 'kind-loopback',
      what: `the server of a kind cluster is "${target.server}", not on loopback`,
      hint: 'a cluster elsewhere is a foreign one, with an allow-list and consent',
    });
  }
  if (allowed?.kind !== 'kind') {
    const what = 'there is no record that highwater made this kind cluster';
    return [...refusals, { rule: 'kind-recorded', what, hint: MADE_ANEW }];
  }
  const { context, kubeSystemUid, caSha256 } = target;
  if (context.trim() !== '' && context !== `kind-${allowed.name}`) {
    refusals.push({
      rule: 'kind-context',
      what: `context "${context}" is not "kind-${allowed.name}", which highwater made`,
      hint: `name the context kind-${allowed.name}`,
    });
  }
  if (kubeSystemUid.trim() !== '' && kubeSystemUid !== allowed.kubeSystemUid) {
    refusals.push({
      rule: 'kind-uid',
      what: `kube-system has UID "${kubeSystemUid}", recorded was "${allowed.kubeSystemUid}"`,
      hint: `another cluster has taken its name; ${MADE_ANEW}`,
    });
  }
  if (caSha256.trim() !== '' && caSha256 !== allowed.caSha256) {
    refusals.push({
      rule: 'kind-ca',
      what: `its authority has SHA-256 "${caSha256}", recorded was "${allowed.caSha256}"`,
      hint: `another cluster has taken its name; ${MADE_ANEW}`,
    });
  }
  return refusals;
}

/** URL writes every form of an IPv4 address with four numbers, so one pattern is enough. */
function isLoopback(server: string): boolean {
  const { hostname } = new URL(server);
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
}
