import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type {
  AllowedTarget,
  DangerousPermission,
  Marks,
  NamespaceFacts,
  RefusalRule,
  TargetFacts,
} from './target-guard/target.ts';
import { refusalsOf } from './target-guard.ts';

const NOW = Date.parse('2026-03-01T12:00:00Z');
const UID = '0a1b2c3d-0000-4000-8000-000000000001';
const OTHER_UID = '0a1b2c3d-0000-4000-8000-000000000002';
const CA = 'c'.repeat(64);
const NONE = {
  'delete-namespaces': false,
  'read-secrets': false,
  'change-nodes': false,
  everything: false,
};
const ALL = {
  'delete-namespaces': true,
  'read-secrets': true,
  'change-nodes': true,
  everything: true,
};

const OURS: AllowedTarget = { kind: 'kind', name: 'hw-1', kubeSystemUid: UID, caSha256: CA };
const LISTED: AllowedTarget = { kind: 'foreign', kubeSystemUids: [OTHER_UID, UID] };
const EMPTY_LIST: AllowedTarget = { kind: 'foreign', kubeSystemUids: [] };

const KIND: TargetFacts = {
  kind: 'kind',
  context: 'kind-hw-1',
  server: 'https://127.0.0.1:41233',
  kubeSystemUid: UID,
  caSha256: CA,
  namespace: null,
  nodes: [{ name: 'hw-1-control-plane', labels: {} }],
  permissions: ALL,
};
const CONSENT = { 'highwater/consent': '2026-03-02T00:00:00Z' };
const NAMESPACE: NamespaceFacts = {
  name: 'kafka-tests',
  seen: 'there',
  labels: { 'kubernetes.io/metadata.name': 'kafka-tests', env: 'staging' },
  annotations: CONSENT,
};
const FOREIGN: TargetFacts = {
  kind: 'foreign',
  context: 'staging-eu',
  server: 'https://api.staging.example.com:6443',
  kubeSystemUid: UID,
  caSha256: CA,
  namespace: NAMESPACE,
  nodes: [{ name: 'pool-1-a', labels: { 'kubernetes.io/os': 'linux' } }],
  permissions: NONE,
};

const kind = (change: Partial<TargetFacts>): TargetFacts => ({ ...KIND, ...change });
const foreign = (change: Partial<TargetFacts>): TargetFacts => ({ ...FOREIGN, ...change });
const within = (change: Partial<NamespaceFacts>): TargetFacts =>
  foreign({ namespace: { ...NAMESPACE, ...change } });
const named = (name: string): TargetFacts => within({ name });
const consent = (text: string): TargetFacts =>
  within({ annotations: { 'highwater/consent': text } });
const labelled = (labels: Marks): TargetFacts => within({ labels });
const node = (name: string, labels: Marks = {}): TargetFacts =>
  foreign({ nodes: [...FOREIGN.nodes, { name, labels }] });
const may = (permission: DangerousPermission, answer: boolean | null): TargetFacts =>
  foreign({ permissions: { ...NONE, [permission]: answer } });

const allowedFor = ({ kind: which }: TargetFacts): AllowedTarget =>
  which === 'kind' ? OURS : LISTED;
const rulesOf = (
  target: TargetFacts,
  allowed: AllowedTarget | null = allowedFor(target),
  now = NOW,
): readonly RefusalRule[] => refusalsOf(target, allowed, now).map(({ rule }) => rule);

type Row = readonly [RefusalRule, what: string, TargetFacts, allowed?: AllowedTarget | null];

const FORBIDDEN: readonly Row[] = [
  ['context-named', 'kind: the current context', kind({ context: '' })],
  ['context-named', 'foreign: the current context', foreign({ context: '' })],
  ['context-named', 'foreign: a context of blanks', foreign({ context: '  ' })],
  ['server-known', 'kind: no server', kind({ server: '' })],
  ['server-known', 'kind: without TLS', kind({ server: 'http://127.0.0.1:8080' })],
  ['server-known', 'foreign: no server', foreign({ server: '' })],
  ['server-known', 'foreign: a host alone', foreign({ server: 'api.staging.example.com' })],
  ['server-known', 'foreign: without TLS', foreign({ server: 'http://api.example.com' })],
  ['uid-known', 'kind: no UID', kind({ kubeSystemUid: '' })],
  ['uid-known', 'foreign: no UID', foreign({ kubeSystemUid: '' })],
  ['uid-known', 'foreign: a blank UID', foreign({ kubeSystemUid: ' ' })],
  ['ca-known', 'kind: no authority', kind({ caSha256: '' })],
  ['ca-known', 'foreign: no authority', foreign({ caSha256: '' })],

  ['kind-recorded', 'kind: never recorded', KIND, null],
  ['kind-recorded', 'kind: on the list of foreign clusters', KIND, LISTED],
  ['kind-loopback', 'kind: in the same network', kind({ server: 'https://192.168.0.9:6443' })],
  ['kind-loopback', 'kind: at all addresses', kind({ server: 'https://0.0.0.0:6443' })],
  ['kind-loopback', 'kind: next to 127/8', kind({ server: 'https://128.0.0.1:6443' })],
  ['kind-loopback', 'kind: 127 in a name', kind({ server: 'https://127.0.0.1.nip.io:6443' })],
  ['kind-loopback', 'kind: localhost in a name', kind({ server: 'https://localhost.example.com' })],
  ['kind-loopback', 'kind: 127 as a user', kind({ server: 'https://127.0.0.1@example.com:6443' })],
  ['kind-loopback', 'kind: IPv6 elsewhere', kind({ server: 'https://[2001:db8::1]:6443' })],
  ['kind-context', 'kind: of another cluster', kind({ context: 'kind-hw-2' })],
  ['kind-context', 'kind: without its prefix', kind({ context: 'hw-1' })],
  ['kind-context', 'kind: with more behind', kind({ context: 'kind-hw-1-old' })],
  ['kind-uid', 'kind: made anew by somebody', kind({ kubeSystemUid: OTHER_UID })],
  ['kind-uid', 'kind: recorded without a UID', KIND, { ...OURS, kubeSystemUid: '' }],
  ['kind-ca', 'kind: another authority', kind({ caSha256: 'd'.repeat(64) })],
  ['kind-ca', 'kind: recorded without an authority', KIND, { ...OURS, caSha256: '' }],

  ['cluster-allowed', 'foreign: no list', FOREIGN, null],
  ['cluster-allowed', 'foreign: an empty list', FOREIGN, EMPTY_LIST],
  ['cluster-allowed', 'foreign: a record of ours', FOREIGN, OURS],
  ['cluster-allowed', 'foreign: not listed', foreign({ kubeSystemUid: UID.replace('0a', '0b') })],
  ['cluster-allowed', 'foreign: the start of a UID', foreign({ kubeSystemUid: UID.slice(0, 8) })],
  ['namespace-named', 'foreign: no namespace', foreign({ namespace: null })],
  ['namespace-named', 'foreign: an empty namespace', named('')],
  ['namespace-there', 'foreign: a namespace to be made', within({ seen: 'absent' })],
  ['namespace-there', 'foreign: a namespace in the dark', within({ seen: 'forbidden' })],
  ...[
    ...['default', 'kube-system', 'kube-public', 'kube-node-lease', 'kube-flannel', 'openshift'],
    ...['openshift-monitoring', 'istio-system', 'cert-manager', 'ingress-nginx', 'argocd'],
    ...['cattle-fleet-system', 'gatekeeper-system', 'calico-apiserver', 'rook-ceph', 'operators'],
    ...['strimzi-operator', 'gke-managed-system', 'chaos-mesh', 'external-secrets'],
  ].map((name): Row => ['namespace-protected', `foreign: namespace ${name}`, named(name)]),

  ['consent-given', 'foreign: no annotation', within({ annotations: {} })],
  ['consent-given', 'foreign: an empty annotation', consent('')],
  ['consent-given', 'foreign: as a label', within({ annotations: {}, labels: CONSENT })],
  ['consent-given', 'foreign: by a like key', within({ annotations: { consent: '2026-03-02' } })],
  ['consent-readable', 'foreign: a yes', consent('true')],
  ['consent-readable', 'foreign: a date alone', consent('2026-03-02')],
  ['consent-readable', 'foreign: without a zone', consent('2026-03-02T00:00:00')],
  ['consent-readable', 'foreign: no such month', consent('2026-13-02T00:00:00Z')],
  ['consent-readable', 'foreign: no such day', consent('2026-02-30T00:00:00Z')],
  ['consent-readable', 'foreign: no such hour', consent('2026-03-02T25:00:00Z')],
  ['consent-readable', 'foreign: milliseconds', consent(String(NOW + 1_000))],
  ['consent-expired', 'foreign: a second ago', consent('2026-03-01T11:59:59Z')],
  ['consent-expired', 'foreign: at this moment', consent('2026-03-01T12:00:00Z')],
  ['consent-expired', 'foreign: of last year', consent('2025-03-02T00:00:00Z')],
  ['consent-expired', 'foreign: by its zone', consent('2026-03-01T13:30:00+02:00')],
  ['consent-too-long', 'foreign: a second over 30 days', consent('2026-03-31T12:00:01Z')],
  ['consent-too-long', 'foreign: for ever', consent('9999-12-31T23:59:59Z')],

  ...[
    ...['prod', 'eu-prod', 'prod_eu', 'PROD', 'prod1', 'admin@live', 'arn:aws:eks:1:cluster/prd'],
    ...['team.production', 'KafkaProd', 'PRODCluster', 'eu2prod', 'non-prod'],
  ].map((context): Row => ['production-context', `foreign: ${context}`, foreign({ context })]),
  ['production-server', 'foreign: host', foreign({ server: 'https://api.prod.example.com' })],
  ['production-server', 'foreign: part of it', foreign({ server: 'https://k8s-live.example.com' })],
  ['production-server', 'foreign: path', foreign({ server: 'https://example.com/k8s/c-prod' })],
  ['production-namespace', 'foreign: kafka-prod', named('kafka-prod')],
  ['production-namespace', 'foreign: live', named('live')],
  ['production-namespace-labels', 'foreign: env=prod', labelled({ env: 'prod' })],
  ['production-namespace-labels', 'foreign: environment', labelled({ environment: 'production' })],
  ['production-namespace-labels', 'foreign: tier', labelled({ tier: 'prod' })],
  ['production-namespace-labels', 'foreign: of a firm', labelled({ 'example.com/stage': 'Prd-2' })],
  ['production-namespace-labels', 'foreign: a key', labelled({ production: 'true' })],
  ['production-namespace-labels', 'foreign: a key alone', labelled({ 'example.com/live': '' })],
  ['production-nodes', 'foreign: one node of two', node('prod-pool-7')],
  ['production-node-labels', 'foreign: its environment', node('b', { env: 'production' })],
  ['production-node-labels', 'foreign: a pool', node('b', { 'eksctl.io/cluster-name': 'eu.prod' })],
  ['production-node-labels', 'foreign: tier', node('b', { tier: 'live' })],

  ['permission-delete-namespaces', 'foreign: namespaces', may('delete-namespaces', true)],
  ['permission-read-secrets', 'foreign: secrets', may('read-secrets', true)],
  ['permission-change-nodes', 'foreign: nodes', may('change-nodes', true)],
  ['permission-everything', 'foreign: an administrator', may('everything', true)],
  ['permission-unknown', 'foreign: no answer on secrets', may('read-secrets', null)],
  ['permission-unknown', 'foreign: no answer on all', may('everything', null)],
];

/** Every rule, and the compiler sees to it that none is left out. */
const EVERY: Readonly<Record<RefusalRule, true>> = {
  'context-named': true,
  'server-known': true,
  'uid-known': true,
  'ca-known': true,
  'kind-recorded': true,
  'kind-loopback': true,
  'kind-context': true,
  'kind-uid': true,
  'kind-ca': true,
  'cluster-allowed': true,
  'namespace-named': true,
  'namespace-there': true,
  'namespace-protected': true,
  'consent-given': true,
  'consent-readable': true,
  'consent-expired': true,
  'consent-too-long': true,
  'production-context': true,
  'production-server': true,
  'production-namespace': true,
  'production-namespace-labels': true,
  'production-nodes': true,
  'production-node-labels': true,
  'permission-unknown': true,
  'permission-delete-namespaces': true,
  'permission-read-secrets': true,
  'permission-change-nodes': true,
  'permission-everything': true,
};

describe('a target is refused', () => {
  it.each(
    FORBIDDEN.map(
      ([rule, what, target, allowed = allowedFor(target)]) =>
        [rule, what, target, allowed] as const,
    ),
  )('by %s alone: %s', (rule, _, target, allowed) => {
    const refusals = refusalsOf(target, allowed, NOW);

    expect(refusals.map((refusal) => refusal.rule)).toEqual([rule]);
    for (const { what, hint } of refusals) {
      expect(what).toMatch(/^\S.*\S$/);
      expect(hint).toMatch(/^\S.*\S$/);
    }
  });

  it('by each rule in at least one of many ways', () => {
    expect(FORBIDDEN.length).toBeGreaterThanOrEqual(60);
    expect(new Set(FORBIDDEN.map(([rule]) => rule))).toEqual(new Set(Object.keys(EVERY)));
  });

  it('for all its reasons at once, each in its own words', () => {
    const nodes = [1, 2, 3, 4, 5].map((each) => ({ name: `prod-${each}`, labels: {} }));
    const target = foreign({ nodes, context: '', namespace: null, permissions: ALL });

    expect(refusalsOf(target, null, NOW).map(({ what }) => what)).toEqual([
      'no context was named, and whichever is current is never used',
      `the cluster whose kube-system has UID "${UID}" is not on the allow-list`,
      'no namespace was named',
      'looks like production: nodes "prod-1", "prod-2", "prod-3", 2 more',
      'this identity may delete any namespace',
      'this identity may read the secrets of all namespaces',
      'this identity may change or delete nodes',
      'this identity may do everything to everything',
    ]);
  });

  it('when nobody knows what time it is', () => {
    expect(rulesOf(FOREIGN, LISTED, Number.NaN)).toEqual(['consent-expired']);
  });

  it('without consent, whatever else is true of it', () => {
    const text = fc.string();
    const marks = fc.dictionary(
      text.filter((key) => key !== 'highwater/consent'),
      text,
    );
    const answer = fc.constantFrom(true, false, null);
    const target = fc.record({
      kind: fc.constant('foreign' as const),
      context: text,
      server: fc.oneof(text, fc.webUrl()),
      kubeSystemUid: fc.oneof(text, fc.constantFrom(UID, OTHER_UID)),
      caSha256: text,
      namespace: fc.record({
        name: fc.oneof(text, fc.constant('kafka-tests')),
        seen: fc.constantFrom('there' as const, 'absent' as const, 'forbidden' as const),
        labels: marks,
        annotations: marks,
      }),
      nodes: fc.array(fc.record({ name: text, labels: marks }), { maxLength: 3 }),
      permissions: fc.record({
        'delete-namespaces': answer,
        'read-secrets': answer,
        'change-nodes': answer,
        everything: answer,
      }),
    });
    fc.assert(fc.property(target, (facts) => rulesOf(facts).length > 0));
  });

  it('when it is foreign and its UID is on no list, whatever the UID is', () => {
    const uid = fc.string().filter((each) => each !== UID && each !== OTHER_UID);
    fc.assert(fc.property(uid, (kubeSystemUid) => rulesOf(foreign({ kubeSystemUid })).length > 0));
  });
});

const NEAR_MISSES = [
  ...['product-catalog', 'delivery', 'oliver', 'reproduce', 'liveness-tests', 'alive', 'producer'],
  ...['productivity', 'olive', 'nonprod', 'preprod', 'sprdx', 'deliver2', 'Products'],
];

describe('a target may be used', () => {
  it.each<readonly [string, TargetFacts]>([
    ['kind at 127.0.0.1, as its administrator', KIND],
    ['kind at another loopback address', kind({ server: 'https://127.7.0.9:6443' })],
    ['kind at ::1', kind({ server: 'https://[::1]:6443' })],
    ['kind at localhost', kind({ server: 'https://localhost:6443' })],
    ['kind without a look at nodes', kind({ nodes: [] })],
    ['foreign with consent', FOREIGN],
    ['foreign with nodes that may not be read', foreign({ nodes: [] })],
    ['foreign for 30 days', consent('2026-03-31T12:00:00Z')],
    ['foreign for one more second', consent('2026-03-01T12:00:01.000Z')],
    ['foreign in another zone', consent('2026-03-01T13:30+01:00')],
    ['foreign on the other UID of the list', foreign({ kubeSystemUid: OTHER_UID })],
    ['foreign, and it says that it is not production', labelled({ production: 'false' })],
    ['foreign in a namespace like a protected one', named('kubernetes-tests')],
    ['foreign in a namespace that begins like one', named('default-tests')],
  ])('%s', (_, target) => {
    expect(refusalsOf(target, allowedFor(target), NOW)).toEqual([]);
  });

  it.each(NEAR_MISSES)('that is called %s, which only looks like production', (name) => {
    expect(rulesOf(foreign({ context: name }))).toEqual([]);
    expect(rulesOf(foreign({ server: `https://${name}.example.com` }))).toEqual([]);
    expect(rulesOf(named(name))).toEqual([]);
    expect(rulesOf(labelled({ [name]: 'true', team: name }))).toEqual([]);
    expect(rulesOf(node(name, { [name]: 'true', team: name }))).toEqual([]);
  });
});
