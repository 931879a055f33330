/** What is known of a Kubernetes cluster before anything is done to it. */
export interface TargetFacts {
  /** `kind`: one that highwater made; `foreign`: anybody else's. */
  readonly kind: 'kind' | 'foreign';
  /** As it was named by the user; empty when it would be whatever is current. */
  readonly context: string;
  /** The URL of its API server. */
  readonly server: string;
  /** Of the namespace kube-system, which lives as long as the cluster; empty when not known. */
  readonly kubeSystemUid: string;
  /** Of the authority that its server is verified by; empty when it is not verified. */
  readonly caSha256: string;
  /** Where the work would be done; null when nobody named one. */
  readonly namespace: NamespaceFacts | null;
  /** Empty when they may not be read. */
  readonly nodes: readonly NodeFacts[];
  /** Whether our identity may; null when the cluster did not answer. */
  readonly permissions: Readonly<Record<DangerousPermission, boolean | null>>;
}

/** Labels or annotations of a Kubernetes object. */
export type Marks = Readonly<Record<string, string>>;

/** A namespace as far as it could be looked at. */
export interface NamespaceFacts {
  readonly name: string;
  readonly seen: 'there' | 'absent' | 'forbidden';
  readonly labels: Marks;
  readonly annotations: Marks;
}

/** A node of the cluster. */
export interface NodeFacts {
  readonly name: string;
  readonly labels: Marks;
}

/** What an identity for tests has no need of, each in the whole cluster. */
export type DangerousPermission =
  | 'delete-namespaces'
  | 'read-secrets'
  | 'change-nodes'
  | 'everything';

/** What may be used: one that highwater made, as recorded, or the foreign ones that are named. */
export type AllowedTarget =
  | {
      readonly kind: 'kind';
      /** As kind knows it, without the prefix of its context. */
      readonly name: string;
      readonly kubeSystemUid: string;
      readonly caSha256: string;
    }
  | { readonly kind: 'foreign'; readonly kubeSystemUids: readonly string[] };

/** The rules by which a target is refused, as a closed set. */
export type RefusalRule =
  | 'context-named'
  | 'server-known'
  | 'uid-known'
  | 'ca-known'
  | 'kind-recorded'
  | 'kind-loopback'
  | 'kind-context'
  | 'kind-uid'
  | 'kind-ca'
  | 'cluster-allowed'
  | 'namespace-named'
  | 'namespace-there'
  | 'namespace-protected'
  | 'consent-given'
  | 'consent-readable'
  | 'consent-expired'
  | 'consent-too-long'
  | 'production-context'
  | 'production-server'
  | 'production-namespace'
  | 'production-namespace-labels'
  | 'production-nodes'
  | 'production-node-labels'
  | 'permission-unknown'
  | `permission-${DangerousPermission}`;

/** One reason why a target may not be used. */
export interface Refusal {
  readonly rule: RefusalRule;
  /** What was seen, in one line. */
  readonly what: string;
  /** What to do about it. */
  readonly hint: string;
}
