import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import {
  kindFilesOf,
  kubeconfigFacts,
  parseDescriptor,
  readDescriptor,
  writeDescriptor,
} from './descriptor.ts';
import { DESCRIPTOR } from './testing/a-descriptor.ts';
import { kubeconfigOf } from './testing/fake-run.ts';

const cache = mkdtempSync(join(tmpdir(), 'highwater-kind-'));
afterAll(() => rmSync(cache, { recursive: true }));

describe('a descriptor', () => {
  it('is read as it was written, and nobody else may read it', async () => {
    const { descriptor } = kindFilesOf(cache, 'a');
    expect(await readDescriptor(descriptor)).toBeNull();
    await writeDescriptor(descriptor, DESCRIPTOR);
    expect(await readDescriptor(descriptor)).toEqual(DESCRIPTOR);
    expect(statSync(descriptor).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(cache, 'kind'))).toEqual(['a.json']);
  });

  it.each([
    '',
    'null',
    '[]',
    '{"name":"a"',
    JSON.stringify({ ...DESCRIPTOR, caSha256: '' }),
    JSON.stringify({ ...DESCRIPTOR, containers: [1] }),
    JSON.stringify({ ...DESCRIPTOR, createdAt: 'soon' }),
  ])('is not believed when it is %j', (text) => {
    expect(parseDescriptor(text)).toBeNull();
  });
});

describe('a kubeconfig', () => {
  it('tells the server of a context, and the fingerprint of its authority', async () => {
    expect(await kubeconfigFacts(kubeconfigOf('a', 'ca'), 'kind-a')).toEqual({
      server: 'https://127.0.0.1:40123',
      caSha256: createHash('sha256').update('ca').digest('hex'),
    });
  });

  it('without the context leads nowhere', async () => {
    await expect(kubeconfigFacts(kubeconfigOf('b', 'ca'), 'kind-a')).rejects.toMatchObject({
      code: 'ENV_NOT_READY',
      message: 'kubeconfig: no context "kind-a" with a certificate authority',
    });
  });
});
