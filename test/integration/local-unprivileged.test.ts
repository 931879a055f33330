import { spawnSync } from 'node:child_process';
import { chownSync, cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { localEnvironment } from '../../src/environments/local/local-environment.ts';
import { foldersOf } from '../../src/leases/folders.ts';
import { launchIdle, openTestRun } from './support/idle-nodes.ts';

const CHECKOUT = fileURLToPath(new URL('../..', import.meta.url));
const HARNESS = 'test/integration/support/doomed-harness.ts';
/** Somebody who owns nothing here: what most people are on their machine. */
const NOBODY = 65_534;
let root = '';

/** Root becomes somebody else; everybody else has no privileges to begin with. */
const isRoot = process.platform === 'linux' && process.getuid?.() === 0;
const AS_NOBODY = isRoot
  ? ['setpriv', '--reuid', String(NOBODY), '--regid', String(NOBODY), '--clear-groups']
  : [];
const runAsNobody = (command: readonly string[], env = process.env) => {
  const [file = '', ...args] = [...AS_NOBODY, ...command];
  return spawnSync(file, args, { env, cwd: root, encoding: 'utf8' });
};

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'highwater-nobody-'));
  // Maven is not what is looked at here, so the jars are there already.
  const mine = foldersOf(process.env);
  const run = openTestRun(`nobody-${process.pid}`, root, mine.live);
  await launchIdle(localEnvironment(), run, 1);
  await run.scope.close();
  const jars = readdirSync(join(mine.cache, 'distributions')).filter((name) =>
    name.startsWith('bsh-'),
  );
  for (const name of jars) {
    const from = join(mine.cache, 'distributions', name);
    cpSync(from, join(root, 'cache', 'distributions', name), { recursive: true });
  }
  // A checkout below root's own folders is closed to others: what runs is copied, Node included.
  for (const part of ['src', 'test', 'package.json']) {
    cpSync(join(CHECKOUT, part), join(root, part), { recursive: true });
  }
  cpSync(process.execPath, join(root, 'node'));
  if (!isRoot) return;
  for (const path of ['.', ...readdirSync(root, { recursive: true }).map(String)]) {
    chownSync(join(root, path), NOBODY, NOBODY);
  }
});
afterAll(() => rmSync(root, { recursive: true }));

describe('a person without privileges', () => {
  it('can do a whole run, with addresses, thread dumps and an empty census', () => {
    const env = {
      PATH: process.env['PATH'],
      HOME: root,
      HIGHWATER_CACHE: join(root, 'cache'),
      HIGHWATER_LOCKS: join(root, 'locks'),
    };
    const command = [join(root, 'node'), HARNESS, 'run-of-nobody', join(root, 'reports')];
    const ran = runAsNobody(command, env);
    expect(ran.stderr).toBe('');
    expect(ran.stdout.trim().split('\n').at(-1)).toBe('done');
    // What the kernel cleans up was really in use, or said not to be.
    const leases = readFileSync(join(root, 'reports', 'run-of-nobody', 'leases.ndjson'), 'utf8');
    const probe = ['--user', '--map-current-user', '--pid', '--fork', 'true'];
    const allowed = runAsNobody(['unshare', ...probe]).status === 0;
    expect(leases.includes('"label":"anchor"')).toBe(allowed);
  });
});
