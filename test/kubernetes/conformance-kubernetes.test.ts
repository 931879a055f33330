import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { divide, runCheck } from '../../src/environments/conformance/check.ts';
import { CONFORMANCE } from '../../src/environments/conformance/suite.ts';
import { kubernetesEnvironment } from '../../src/environments/kubernetes/kubernetes-environment.ts';
import { provideEchoImage } from '../container/support/engine.ts';
import { echoesOn } from './support/echo-subject.ts';

const folder = mkdtempSync(join(tmpdir(), 'highwater-conformance-'));
beforeAll(() => provideEchoImage());
afterAll(() => rmSync(folder, { recursive: true }));

const kubernetes = echoesOn(folder);
const { looked, not } = divide(CONFORMANCE, kubernetesEnvironment());
const lacking = not.map(({ check, lacks }) => `${check.promise} (${lacks.join(', ')})`);

describe('the kubernetes environment keeps what its port promises', () => {
  it.each(looked.map((check) => [check.promise, check] as const))('%s', async (_, check) => {
    await runCheck(check, kubernetes);
  });

  it.each(lacking)('does not offer what this is about, and was not asked: %s', (line) => {
    expect(looked.map(({ promise }) => promise)).toContain('what is not on offer is not there');
    expect(line).toMatch(/\((link|volume|node|process|address|threads)\./);
  });
});
