import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { foldersOf } from '../../leases/folders.ts';
import { takeLock } from '../../leases/lock-file.ts';
import { ownIdentity } from '../../leases/process-identity.ts';
import { blockAt, lockPathOf } from '../addresses/address-block.ts';
import type { Needs, Shortfall } from '../capabilities.ts';
import { type LocalOptions, localEnvironment } from './local-environment.ts';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'highwater-preflight-'));
  mkdirSync(join(root, 'bin'));
});
afterEach(() => rmSync(root, { recursive: true }));

/** A command that prints what Java of that version would. */
function fakeJava(version: string): string {
  const path = join(root, 'bin', `java-${version}`);
  const says = `    java.home = /opt/jdk\n    java.version = ${version}\n`;
  writeFileSync(path, `#!/bin/sh\ncat >&2 <<'END'\n${says}END\n`);
  chmodSync(path, 0o755);
  return path;
}

function fakeMaven(): void {
  writeFileSync(join(root, 'bin', 'mvn'), '');
  chmodSync(join(root, 'bin', 'mvn'), 0o755);
}

const NEEDS: Needs = {
  capabilities: [],
  software: [{ name: 'server', version: '1.2.3' }],
  memory: 1,
  disk: 1,
};

function look(needs: Partial<Needs>, options: LocalOptions = {}): Promise<readonly Shortfall[]> {
  const env = {
    HIGHWATER_CACHE: join(root, 'cache'),
    HIGHWATER_LOCKS: join(root, 'locks'),
    PATH: join(root, 'bin'),
  };
  const environment = localEnvironment({ java: fakeJava('17.0.1'), env, ...options });
  return environment.preflight({ ...NEEDS, ...needs }, new AbortController().signal);
}

describe('whether a run could start here', () => {
  it('finds nothing against it on a machine that has everything', async () => {
    fakeMaven();
    expect(await look({})).toEqual([]);
  });

  it('tells all that is missing at once, each with what to do', async () => {
    const java = join(root, 'bin', 'none');
    const found = await look({ memory: 2 ** 60, disk: 2 ** 60 }, { java });
    expect(found.map(({ what }) => what)).toEqual([
      `no Java: ${java} -XshowSettings:properties -version: could not be started: no such command`,
      'no mvn on the PATH, and the jars of server 1.2.3 are not cached',
      expect.stringMatching(/^1048576 TiB of memory needed, .* available$/),
      expect.stringMatching(/^1048576 TiB of disk needed in .*, .* free$/),
    ]);
    expect(found.every(({ hint, kind }) => hint !== '' && kind === 'not-ready')).toBe(true);
  });

  it('tells which Java was found when it is too old', async () => {
    fakeMaven();
    const found = await look({}, { java: fakeJava('11.0.2') });
    expect(found.map(({ what }) => what)).toEqual([
      'Java 17 or later is needed, found 11.0.2 (/opt/jdk/bin/java)',
    ]);
  });

  it('tells who has the address block that was wanted', async () => {
    fakeMaven();
    const { locks } = foldersOf({ HIGHWATER_LOCKS: join(root, 'locks') });
    const path = lockPathOf(locks, blockAt(3, process.platform === 'linux'));
    takeLock(path, { run: 'r7', owner: ownIdentity(), leases: '' });
    const found = await look({}, { block: 3 });
    expect(found.map(({ what }) => what)).toEqual([
      expect.stringMatching(/^no free address block: .* is taken by run r7 \(pid \d+\)$/),
    ]);
    expect(await look({}, { block: 4 })).toEqual([]);
  });
});
