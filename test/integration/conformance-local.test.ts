import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { divide, runCheck } from '../../src/environments/conformance/check.ts';
import type { Subject } from '../../src/environments/conformance/subject.ts';
import { CONFORMANCE } from '../../src/environments/conformance/suite.ts';
import { localEnvironment } from '../../src/environments/local/local-environment.ts';
import { foldersOf } from '../../src/leases/folders.ts';
import { echoSpec, sayTo } from './support/echo-nodes.ts';
import { identityName } from './support/idle-nodes.ts';
import { markedProcesses } from './support/local-machine.ts';

const MARK = 'CONFORMANCE_OF';
const folder = mkdtempSync(join(tmpdir(), 'highwater-conformance-'));
afterAll(() => rmSync(folder, { recursive: true }));

const local: Subject = {
  // Whatever is started carries the mark, also what an environment would not tell of.
  environment: () => localEnvironment({ env: { ...process.env, [MARK]: folder } }),
  folder,
  live: foldersOf(process.env).live,
  spec: echoSpec,
  say: sayTo,
  nameInDump: (node, run) => identityName(run, node),
};
const environment = localEnvironment();
const { looked, not } = divide(CONFORMANCE, environment);
const lacking = not.map(({ check, lacks }) => `${check.promise} (${lacks.join(', ')})`);

describe('the local environment keeps what its port promises', () => {
  it.each(looked.map((check) => [check.promise, check] as const))('%s', async (_, check) => {
    await runCheck(check, local);
  });

  it.each(lacking)('does not offer what this is about, and was not asked: %s', (line) => {
    // What it names is held to be absent by the promise "what is not on offer is not there".
    expect(looked.map(({ promise }) => promise)).toContain('what is not on offer is not there');
    expect(line).toMatch(/\((link|volume|node|process|address|threads)\./);
  });

  it('leaves no process of any of these runs', () => {
    expect(markedProcesses(MARK, folder)).toEqual([]);
  });
});
