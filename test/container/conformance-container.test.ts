import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { divide, runCheck } from '../../src/environments/conformance/check.ts';
import { CONFORMANCE } from '../../src/environments/conformance/suite.ts';
import { containerEnvironment } from '../../src/environments/container/container-environment.ts';
import { echoesIn } from './support/echo-subject.ts';
import { namelessVolumes, provideEchoImage } from './support/engine.ts';

const folder = mkdtempSync(join(tmpdir(), 'highwater-conformance-'));
let nameless: readonly string[] = [];
beforeAll(async () => {
  await provideEchoImage();
  nameless = await namelessVolumes();
});
afterAll(() => rmSync(folder, { recursive: true }));

const container = echoesIn(folder);
const { looked, not } = divide(CONFORMANCE, containerEnvironment());
const lacking = not.map(({ check, lacks }) => `${check.promise} (${lacks.join(', ')})`);

describe('the container environment keeps what its port promises', () => {
  it.each(looked.map((check) => [check.promise, check] as const))('%s', async (_, check) => {
    await runCheck(check, container);
  });

  it.each(lacking)('does not offer what this is about, and was not asked: %s', (line) => {
    expect(looked.map(({ promise }) => promise)).toContain('what is not on offer is not there');
    expect(line).toMatch(/\((link|volume|node|process|address|threads)\./);
  });

  it('and leaves no volume behind that an image declared', async () => {
    expect(await namelessVolumes()).toEqual(nameless);
  });
});
