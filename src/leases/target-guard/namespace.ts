import { assertNever } from '../../core/errors.ts';
import { consentRefusals } from './consent.ts';
import type { NamespaceFacts, Refusal } from './target.ts';

/** What a Kubernetes cluster runs on, and where its operators usually live. */
const PROTECTED: readonly RegExp[] = [
  /^default$/,
  /^kube(-|$)/,
  // By convention what serves the cluster as a whole, as istio-system or gatekeeper-system.
  /-(system|operators?)$/,
  // Distributions and clouds.
  /^(openshift|cattle|fleet|rancher|tanzu|vmware|gke|gmp|aks|azure|amazon|aws|eks|anthos)(-|$)/,
  /^(config-management|operators|olm|local-path-storage)(-|$)/,
  // Networks, certificates, secrets.
  /^(calico|tigera|cilium|istio|linkerd|cert-manager|ingress|traefik|consul|vault)(-|$)/,
  /^external-(secrets|dns)$/,
  // Storage, backups, watching, delivery, policies, and other people's chaos.
  /^(rook|longhorn|velero|monitoring|prometheus|observability|logging)(-|$)/,
  /^(argocd|argo|flux|tekton|crossplane|keda|knative|kyverno|litmus|chaos-mesh)(-|$)/,
];

const isProtected = (name: string): boolean =>
  PROTECTED.some((pattern) => pattern.test(name.toLowerCase()));

/** Refuses what is no namespace for tests: not named, not there, not ours to touch, not agreed. */
export function namespaceRefusals(
  namespace: NamespaceFacts | null,
  now: number,
): readonly Refusal[] {
  if (namespace === null || namespace.name.trim() === '') {
    return [
      {
        rule: 'namespace-named',
        what: 'no namespace was named',
        hint: 'name one that is there for tests alone',
      },
    ];
  }
  const { name } = namespace;
  if (isProtected(name)) {
    // Not a word of consent: none would help.
    const hint = 'name one that is there for tests alone';
    const what = `namespace "${name}" belongs to the cluster or to an operator`;
    return [{ rule: 'namespace-protected', what, hint }];
  }
  switch (namespace.seen) {
    case 'there':
      return consentRefusals(namespace, now);
    case 'absent':
      return [
        {
          rule: 'namespace-there',
          what: `namespace "${name}" is not there`,
          hint: 'whoever owns the cluster makes it, with consent; highwater makes none there',
        },
      ];
    case 'forbidden':
      return [
        {
          rule: 'namespace-there',
          what: `namespace "${name}" may not be read, nor its consent`,
          hint: `grant the verb get on namespaces with the resource name ${name}`,
        },
      ];
    default:
      return assertNever(namespace.seen);
  }
}
