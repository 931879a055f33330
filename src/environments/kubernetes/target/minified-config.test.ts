import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { minifyKubeconfig } from './minified-config.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

const ALL = `
apiVersion: v1
kind: Config
current-context: staging
clusters:
  - name: staging
    cluster: { server: 'https://staging.example.com', certificate-authority: pki/ca.crt }
  - name: other
    cluster:
      server: https://other.example.com
      certificate-authority-data: ${base64('other ca')}
      certificate-authority: pki/gone.crt
users:
  - name: anna
    user: { client-certificate: pki/anna.crt, client-key: pki/anna.key }
  - name: cloud
    user:
      exec:
        apiVersion: client.authentication.k8s.io/v1
        command: cloud-login
        args: [token]
        env: [{ name: ACCOUNT, value: '7' }]
        interactiveMode: Never
  - name: provider
    user: { auth-provider: { name: oidc, config: { client-id: x } } }
  - name: lost
    user: { client-certificate: pki/gone.crt, client-key: pki/gone.key }
contexts:
  - name: staging
    context: { cluster: staging, user: anna, namespace: kafka-tests }
  - name: cloud
    context: { cluster: other, user: cloud }
  - name: provider
    context: { cluster: other, user: provider }
  - name: lost
    context: { cluster: other, user: lost }
  - name: nobody
    context: { cluster: other, user: not-there }
  - name: nowhere
    context: { cluster: not-there, user: anna }
`;

let root = '';
let from = '';
let to = '';

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'highwater-kubeconfig-'));
  from = join(root, 'config');
  to = join(root, 'copy');
  mkdirSync(join(root, 'pki'));
  for (const name of ['ca.crt', 'anna.crt', 'anna.key']) {
    writeFileSync(join(root, 'pki', name), `the ${name}`);
  }
  writeFileSync(from, ALL);
});
afterEach(() => rmSync(root, { recursive: true }));

const minified = async (context: string): Promise<unknown> => {
  await minifyKubeconfig({ from, context, to });
  return JSON.parse(readFileSync(to, 'utf8'));
};

describe('a minified kubeconfig', () => {
  it('has one context with its cluster and user, and their certificates in it', async () => {
    expect(await minified('staging')).toMatchObject({
      'current-context': 'staging',
      contexts: [
        {
          name: 'staging',
          context: { cluster: 'staging', user: 'anna', namespace: 'kafka-tests' },
        },
      ],
      clusters: [
        {
          name: 'staging',
          cluster: {
            server: 'https://staging.example.com',
            'certificate-authority-data': base64('the ca.crt'),
          },
        },
      ],
      users: [
        {
          name: 'anna',
          user: {
            'client-certificate-data': base64('the anna.crt'),
            'client-key-data': base64('the anna.key'),
          },
        },
      ],
    });
    expect(readFileSync(to, 'utf8')).not.toContain('pki');
  });

  it('goes by the context that it is given, not by the current one', async () => {
    const copy = await minified('cloud');
    expect(copy).toMatchObject({ 'current-context': 'cloud', contexts: [{ name: 'cloud' }] });
    expect(JSON.stringify(copy)).not.toContain('staging');
  });

  it('takes the data of a certificate before its file, as kubectl does', async () => {
    expect(await minified('cloud')).toMatchObject({
      clusters: [{ cluster: { 'certificate-authority-data': base64('other ca') } }],
    });
  });

  it('keeps how a user logs in', async () => {
    expect(await minified('cloud')).toMatchObject({
      users: [
        {
          user: {
            exec: {
              apiVersion: 'client.authentication.k8s.io/v1',
              command: 'cloud-login',
              args: ['token'],
              env: [{ name: 'ACCOUNT', value: '7' }],
              interactiveMode: 'Never',
            },
          },
        },
      ],
    });
    to = join(root, 'second');
    expect(await minified('provider')).toMatchObject({
      users: [{ user: { 'auth-provider': { name: 'oidc', config: { 'client-id': 'x' } } } }],
    });
  });

  it('is for this user alone', async () => {
    await minified('staging');
    expect(statSync(to).mode & 0o777).toBe(0o600);
  });

  it('is never written over a file', async () => {
    writeFileSync(to, 'mine');
    await expect(minifyKubeconfig({ from, context: 'staging', to })).rejects.toThrow(
      /^kubeconfig \S+copy cannot be written: EEXIST/,
    );
    expect(readFileSync(to, 'utf8')).toBe('mine');
  });

  it.each([
    ['prod', 'it has no context "prod"'],
    ['', 'no context was named'],
    ['Staging', 'it has no context "Staging"'],
  ])('is refused for a context that is not there: "%s"', async (context, what) => {
    const list = '"staging", "cloud", "provider", "lost", "nobody", "nowhere"';
    await expect(minifyKubeconfig({ from, context, to })).rejects.toThrow(
      expect.objectContaining({
        code: 'TARGET_REFUSED',
        message: `kubeconfig ${from}: ${what}; it has ${list}`,
      }),
    );
  });

  it.each([
    ['nobody', 'user "not-there"'],
    ['nowhere', 'cluster "not-there"'],
  ])('is refused for a context that leads nowhere: %s', async (context, lost) => {
    await expect(minifyKubeconfig({ from, context, to })).rejects.toThrow(
      expect.objectContaining({
        code: 'TARGET_REFUSED',
        message: `kubeconfig ${from}: context "${context}" names ${lost}, which is not in it`,
      }),
    );
  });

  it('needs the files that the context names', async () => {
    await expect(minifyKubeconfig({ from, context: 'lost', to })).rejects.toThrow(
      expect.objectContaining({
        code: 'ENV_NOT_READY',
        message: expect.stringMatching(/^the kubeconfig names \S+pki\/gone\.crt: ENOENT/) as string,
      }),
    );
  });

  it('says when there is nothing to copy', async () => {
    from = join(root, 'not-there');
    await expect(minifyKubeconfig({ from, context: 'staging', to })).rejects.toThrow(
      /^kubeconfig \S+not-there: ENOENT/,
    );
  });
});
