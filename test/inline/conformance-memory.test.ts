import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { divide, runCheck } from '../../src/environments/conformance/check.ts';
import type { Subject } from '../../src/environments/conformance/subject.ts';
import { CONFORMANCE } from '../../src/environments/conformance/suite.ts';
import { memoryEnvironment } from '../../src/environments/memory/memory-environment.ts';
import type { MemorySabotage } from '../../src/environments/memory/memory-sabotage.ts';
import { virtualEchoes } from './support/virtual-echo.ts';

const folder = mkdtempSync(join(tmpdir(), 'highwater-conformance-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A memory environment that does its duty, or one that fails it in one way. */
function memory(sabotage?: MemorySabotage): Subject {
  const { spec, say } = virtualEchoes();
  return {
    environment: () => memoryEnvironment(sabotage === undefined ? {} : { sabotage }),
    folder,
    live: join(folder, 'live'),
    spec,
    say,
    nameInDump: (node) => `virtual node ${node}`,
  };
}

const { looked, not } = divide(CONFORMANCE, memoryEnvironment());
const lacking = not.map(({ check, lacks }) => `${check.promise} (${lacks.join(', ')})`);

describe('the memory environment keeps what its port promises', () => {
  it.each(looked.map((check) => [check.promise, check] as const))('%s', async (_, check) => {
    await runCheck(check, memory());
  });

  it.each(lacking)('does not offer what this is about, and was not asked: %s', (line) => {
    // What it names is held to be absent by the promise "what is not on offer is not there".
    expect(looked.map(({ promise }) => promise)).toContain('what is not on offer is not there');
    expect(line).toMatch(/\((link|volume|node|process|address|threads)\./);
  });
});

/** Promises that are found not to be kept. */
async function broken(sabotage: MemorySabotage): Promise<string[]> {
  const found: string[] = [];
  for (const check of looked) {
    await runCheck(check, memory(sabotage)).catch(() => found.push(check.promise));
  }
  return found;
}

/** Every environment that fails its duty is found out, and by the promise that it breaks. */
describe('an environment that fails its duty is found out', () => {
  it.each<[string, MemorySabotage, RegExp]>([
    ['it only pretends to kill', { killDoesNothing: true }, /was killed is unreachable/],
    ['it only pretends to start', { startDoesNothing: true }, /started again is another/],
    ['it only pretends to wipe', { wipeDoesNothing: true }, /^a wipe takes a folder/],
    ['it lets a node run on', { forgetsToStop: ['echo-1'] }, /census sees what runs, and nothing/],
    [
      'it leaves a folder',
      { leftovers: [{ kind: 'folder', what: '/tmp/left' }] },
      /census sees what runs, and nothing/,
    ],
  ])('%s', async (_, sabotage, promise) => {
    const found = await broken(sabotage);
    expect(found.join('\n')).toMatch(promise);
  });
});
