/**
 * The check of who may import whom, checked: it looks at every module that git lists, it knows a
 * layer for each, and it finds out an import that the table forbids.
 */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { type CommandResult, runCommand, runCommandOk } from '../src/core/exec.ts';
import { seconds } from '../src/core/time.ts';
import { mebibytes } from '../src/core/units.ts';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

interface Cruise {
  readonly modules: readonly { readonly source: string }[];
  readonly summary: {
    readonly violations: readonly {
      readonly from: string;
      readonly to: string;
      readonly rule: { readonly name: string };
    }[];
  };
}

const options = (cwd: string) => ({
  signal: new AbortController().signal,
  within: seconds(60),
  outputMax: mebibytes(64),
  cwd,
});
const cruise = async (cwd: string, roots: readonly string[]): Promise<Cruise> => {
  const program = join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const config = join(ROOT, '.dependency-cruiser.mjs');
  const argv = ['--config', config, '--output-type', 'json', ...roots];
  const result: CommandResult = await runCommand(
    [process.execPath, program, ...argv],
    options(cwd),
  );
  expect(result.truncated).toBe(false);
  expect(result.stderr).toBe('');
  return JSON.parse(result.stdout) as Cruise;
};

/** `…/node_modules/zod/index.d.ts` is zod here, wherever it was found. */
const packageOf = (path: string): string => path.replace(/^.*node_modules\/([^/]+).*/, 'npm $1');

/** A tree of its own with our packages; gives "rule: from → to" for each violation. */
const violationsIn = async (files: Readonly<Record<string, string>>): Promise<string[]> => {
  const folder = mkdtempSync(join(tmpdir(), 'highwater-imports-'));
  folders.push(folder);
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  for (const [path, text] of Object.entries({ 'package.json': '{"type":"module"}', ...files })) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const roots = [
    'src',
    ...(Object.keys(files).some((f) => f.startsWith('suites/')) ? ['suites'] : []),
  ];
  const { summary } = await cruise(folder, roots);
  return summary.violations
    .map(({ from, to, rule }) => `${rule.name}: ${from} → ${packageOf(to)}`)
    .sort();
};

describe('the check of imports', () => {
  it('looks at every module that is there, each in a layer of its own', async () => {
    const listed = await runCommandOk(
      ['git', 'ls-files', '-z', '--cached', '--others', '--exclude-standard', 'src', 'suites'],
      options(ROOT),
    );
    const expected = listed.stdout.split('\0').filter((path) => path.endsWith('.ts'));
    const { modules, summary } = await cruise(ROOT, ['src', 'suites']);
    const seen = modules.map(({ source }) => source);
    expect(expected.filter((path) => !seen.includes(path))).toEqual([]);
    expect(summary.violations.filter(({ rule }) => rule.name.endsWith('layer'))).toEqual([]);
  });

  it('lets through what the table allows', async () => {
    expect(
      await violationsIn({
        'src/core/time.ts': `import { join } from 'node:path';\nexport const t = join;`,
        'src/record/plan.ts': `import { t } from '../core/time.ts';\nexport type Plan = typeof t;`,
        'src/record/disk/read.ts': `import { z } from 'zod';
          import type { Plan } from '../plan.ts';
          export const read = (plan: Plan) => z.parse(plan);`,
        'src/checkers/no-loss.ts': `import type { Plan } from '../record/plan.ts';
          export const noLoss = (p: Plan) => p;`,
        'src/checkers/no-loss.test.ts': `import 'vitest';
          import 'node:fs';\nimport './no-loss.ts';`,
        'src/workloads/workload.ts': 'export interface Workload {}',
        'src/load/driver.ts': `import type { Workload } from '../workloads/workload.ts';
          export type D = Workload;`,
        'src/index.ts': `export { noLoss } from './checkers/no-loss.ts';`,
        'suites/failover/a.suite.ts': `import { noLoss } from '../../src/index.ts';\nnoLoss;`,
      }),
    ).toEqual([]);
  });

  it('finds out each kind of import that the table forbids', async () => {
    const nothing = 'export const nothing = 0;';
    expect(
      await violationsIn({
        'src/core/time.ts': `import '../record/plan.ts';\nimport 'zod';`,
        'src/record/plan.ts': `import type { R } from './disk/read.ts';\nexport type P = R;`,
        'src/record/disk/read.ts': 'export interface R {}',
        'src/checkers/no-loss.ts': `import '../scenario/plan.ts';\nimport 'node:fs';`,
        'src/scenario/plan.ts': `import '../environments/local/local.ts';`,
        'src/environments/local/local.ts': `import '../memory/memory.ts';`,
        'src/environments/memory/memory.ts': `import '../../systems/kafka.ts';`,
        'src/systems/kafka.ts': `import '../workloads/workload.ts';`,
        'src/load/driver.ts': `import '../workloads/workload.ts';`,
        'src/workloads/workload.ts': nothing,
        'src/cli/main.ts': `import 'vitest';\nimport '../core/clock.test.ts';`,
        'src/core/clock.test.ts': nothing,
        'src/faults/a.ts': `import './b.ts';`,
        'src/faults/b.ts': `import type { A } from './c.ts';\nexport type B = A;`,
        'src/faults/c.ts': `import type { B } from './a.ts';\nexport type A = B;`,
        'src/misc/anything.ts': `import '../core/units.ts';`,
        'src/core/units.ts': `import './gone.ts';`,
        'suites/failover/a.suite.ts': `import '../../src/core/units.ts';`,
      }),
    ).toMatchInlineSnapshot(`
      [
        "checkers: layers: src/checkers/no-loss.ts → src/scenario/plan.ts",
        "checkers: pure: src/checkers/no-loss.ts → fs",
        "cli: packages: src/cli/main.ts → npm vitest",
        "core: layers: src/core/time.ts → src/record/plan.ts",
        "core: packages: src/core/time.ts → npm zod",
        "environments/local: layers: src/environments/local/local.ts → src/environments/memory/memory.ts",
        "environments/memory: layers: src/environments/memory/memory.ts → src/systems/kafka.ts",
        "every file has a layer: src/misc/anything.ts → src/core/units.ts",
        "load: types of workloads only: src/load/driver.ts → src/workloads/workload.ts",
        "no cycles: src/faults/a.ts → src/faults/b.ts",
        "nobody imports a test: src/cli/main.ts → src/core/clock.test.ts",
        "record: layers: src/record/plan.ts → src/record/disk/read.ts",
        "resolvable: src/core/units.ts → ./gone.ts",
        "scenario: layers: src/scenario/plan.ts → src/environments/local/local.ts",
        "suites: layers: suites/failover/a.suite.ts → src/core/units.ts",
        "systems: layers: src/systems/kafka.ts → src/workloads/workload.ts",
      ]
    `);
  });
});
