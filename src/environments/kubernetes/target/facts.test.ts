import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Cluster, openCluster } from '../cluster.ts';
import { caSha256Of, factsOf } from './facts.ts';

/** What the API server answers, by method and path; the rest is forbidden. */
let answers: Record<string, readonly [status: number, body: object]> = {};
/** What the identity may, as `verb group/resource`, and what nobody can tell of it. */
let may: readonly string[] = [];
let untold: readonly string[] = [];
let asked: string[] = [];
let root = '';
let server: Server;

const REVIEW = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
const status = (code: number, message: string): readonly [number, object] => [
  code,
  { kind: 'Status', apiVersion: 'v1', status: 'Failure', code, message },
];

function review(body: string): readonly [number, object] {
  const { spec } = JSON.parse(body) as {
    spec: { resourceAttributes: Readonly<Record<string, string>> };
  };
  const { verb, group = '', resource, ...rest } = spec.resourceAttributes;
  const question = `${verb} ${group}/${resource}`;
  asked.push(Object.keys(rest).length === 0 ? question : JSON.stringify(spec));
  const evaluationError = untold.includes(question) ? { evaluationError: 'timeout' } : {};
  return [201, { spec, status: { allowed: may.includes(question), ...evaluationError } }];
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = request.url ?? '';
  const body = await text(request);
  const forbidden = status(403, 'not for you');
  const [code, data] = answers[path] ?? (path === REVIEW ? review(body) : forbidden);
  response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(data));
}

beforeEach(async () => {
  answers = {
    '/api/v1/namespaces/kube-system': [200, { metadata: { name: 'kube-system', uid: 'u-1' } }],
    '/api/v1/namespaces/tests': [
      200,
      { metadata: { name: 'tests', labels: { env: 'qa' }, annotations: { a: 'b' } } },
    ],
    '/api/v1/nodes': [200, { items: [{ metadata: { name: 'n-1', labels: { zone: 'x' } } }] }],
  };
  [may, untold, asked] = [[], [], []];
  root = mkdtempSync(join(tmpdir(), 'highwater-facts-'));
  server = createServer((request, response) => void answer(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
  rmSync(root, { recursive: true });
});

const url = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

function cluster(): Promise<Cluster> {
  const path = join(root, 'config');
  // The library takes plain HTTP only from who does not want to verify anything.
  const entry = { server: url(), 'insecure-skip-tls-verify': true };
  writeFileSync(
    path,
    JSON.stringify({
      'current-context': 'c',
      contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
      clusters: [{ name: 'c', cluster: entry }],
      users: [{ name: 'u', user: { token: 't' } }],
    }),
  );
  return openCluster(path);
}

const ASKED = { kind: 'foreign', context: 'c', namespace: 'tests' } as const;
const NONE = {
  'delete-namespaces': false,
  'read-secrets': false,
  'change-nodes': false,
  everything: false,
};

describe('the facts of a cluster', () => {
  it('are its identity, its namespace, its nodes, and what we may do in all of it', async () => {
    expect(await factsOf(await cluster(), ASKED)).toEqual({
      kind: 'foreign',
      context: 'c',
      server: url(),
      kubeSystemUid: 'u-1',
      caSha256: '',
      namespace: { name: 'tests', seen: 'there', labels: { env: 'qa' }, annotations: { a: 'b' } },
      nodes: [{ name: 'n-1', labels: { zone: 'x' } }],
      permissions: NONE,
    });
    expect(asked.toSorted()).toEqual([
      '* */*',
      'delete /namespaces',
      'delete /nodes',
      'deletecollection /nodes',
      'get /secrets',
      'list /secrets',
      'patch /nodes',
      'update /nodes',
      'watch /secrets',
    ]);
  });

  it('are empty where the cluster forbids to look', async () => {
    answers = {};
    expect(await factsOf(await cluster(), ASKED)).toMatchObject({
      kubeSystemUid: '',
      namespace: { name: 'tests', seen: 'forbidden', labels: {}, annotations: {} },
      nodes: [],
    });
  });

  it('tell a namespace that is not there from none that was named', async () => {
    answers['/api/v1/namespaces/tests'] = status(404, 'not found');
    const absent = await factsOf(await cluster(), ASKED);
    expect(absent.namespace?.seen).toBe('absent');
    expect((await factsOf(await cluster(), { ...ASKED, namespace: null })).namespace).toBe(null);
  });

  it.each([
    ['delete /namespaces', 'delete-namespaces'],
    ['get /secrets', 'read-secrets'],
    ['list /secrets', 'read-secrets'],
    ['watch /secrets', 'read-secrets'],
    ['patch /nodes', 'change-nodes'],
    ['update /nodes', 'change-nodes'],
    ['delete /nodes', 'change-nodes'],
    ['deletecollection /nodes', 'change-nodes'],
    ['* */*', 'everything'],
  ])('say that who may %s may %s', async (question, permission) => {
    may = [question];
    const { permissions } = await factsOf(await cluster(), ASKED);
    expect(permissions).toEqual({ ...NONE, [permission]: true });
  });

  it('do not take an authorizer that failed for one that said no', async () => {
    untold = ['list /secrets', 'patch /nodes'];
    may = ['get /secrets'];
    const { permissions } = await factsOf(await cluster(), ASKED);
    expect(permissions).toEqual({ ...NONE, 'read-secrets': true, 'change-nodes': null });
  });

  it('say so when we may not even ask what we may do', async () => {
    answers[REVIEW] = status(403, 'not for you');
    const { permissions } = await factsOf(await cluster(), ASKED);
    expect(Object.values(permissions)).toEqual([null, null, null, null]);
  });

  it('are refused for a context that the kubeconfig does not speak to', async () => {
    await expect(factsOf(await cluster(), { ...ASKED, context: 'd' })).rejects.toThrow(
      expect.objectContaining({
        code: 'TARGET_REFUSED',
        message: 'context "d" was asked for; the kubeconfig speaks to "c"',
      }),
    );
    expect(asked).toEqual([]);
  });

  it('fail with what the cluster says when it cannot answer', async () => {
    answers['/api/v1/nodes'] = status(500, 'etcd is gone');
    await expect(factsOf(await cluster(), ASKED)).rejects.toThrow(
      expect.objectContaining({
        code: 'ENV_NOT_READY',
        message: 'nodes cannot be asked of the cluster: etcd is gone',
      }),
    );
  });
});

describe('the authority of a cluster', () => {
  const caData = Buffer.from('the authority').toString('base64');
  const entry = { name: 'c', server: 'https://127.0.0.1', skipTLSVerify: false, caData };

  it('is known by the certificates of its kubeconfig', () => {
    const sha256 = createHash('sha256').update('the authority').digest('hex');
    expect(caSha256Of(entry)).toBe(sha256);
  });

  it.each([null, { ...entry, caData: '' }, { ...entry, skipTLSVerify: true }])(
    'is none where nothing is verified by it: %j',
    (unverified) => {
      expect(caSha256Of(unverified)).toBe('');
    },
  );
});
