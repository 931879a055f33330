/**
 * The documents, held against the code: what they tell people to type works, what they point at is
 * there, and the tables that repeat the code say what it says.
 */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { capabilityTable } from '../scripts/docs/capability-table.ts';
import { withTable } from '../scripts/docs/with-table.ts';
import { suiteFiles } from '../src/cli/find-suites.ts';
import { highwaterProgram } from '../src/cli/program.ts';
import { EXIT } from '../src/core/errors.ts';
import { runCommandOk } from '../src/core/exec.ts';
import { seconds } from '../src/core/time.ts';
import { imagesFrom } from '../src/environments/images/image-choice.ts';
import { FILES } from '../src/record/disk/files.ts';
import {
  brokenLinks,
  commandProblem,
  commandsOf,
  type Document,
  fencesOf,
  firstColumn,
  type Known,
  missingPaths,
} from './support/documents.ts';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const listed = await runCommandOk(
  ['git', 'ls-files', '-z', '--cached', '--others', '--exclude-standard'],
  { signal: new AbortController().signal, within: seconds(20), cwd: ROOT },
);
const paths = listed.stdout.split('\0').filter((path) => existsSync(join(ROOT, path)));
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const documents: readonly Document[] = paths
  .filter((path) => /^([A-Z]+|docs\/.*|reports\/README)\.md$/.test(path))
  .map((path) => ({ path, text: read(path) }));
const called = (path: string): Document => ({ path, text: read(path) });

const exists = (path: string): boolean => path !== '' && existsSync(join(ROOT, path));
const known: Known = {
  scripts: new Set(Object.keys(JSON.parse(read('package.json')).scripts)),
  projects: new Set(
    [...read('vitest.config.ts').matchAll(/name: '(\w+)'/g)].map(([, n]) => `${n}`),
  ),
  exists,
  program: () => highwaterProgram(() => {}),
  findSuites: (named) => suiteFiles(named, ROOT),
};
const lookUp = (path: string): string | null => {
  if (!exists(path)) return null;
  return statSync(join(ROOT, path)).isDirectory() ? '' : read(path);
};
const sh = (...lines: readonly string[]): Document => ({
  path: 'docs/planted.md',
  text: ['# A', '', '```sh', ...lines, '```', ''].join('\n'),
});

describe('the documents', () => {
  it('are found', () => {
    const found = documents.map(({ path }) => path);
    expect(found).toEqual(expect.arrayContaining(['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md']));
    expect(found.filter((path) => path.startsWith('docs/')).length).toBeGreaterThan(8);
    expect(documents.flatMap(commandsOf).length).toBeGreaterThan(15);
  });

  it.each(documents.map((document) => [document.path, document] as const))(
    'name only commands that work: %s',
    (_, document) => {
      const problems = commandsOf(document).map((command) => commandProblem(command, known));
      expect(problems.filter((problem) => problem !== null)).toEqual([]);
    },
  );

  it('link to what is there', () => {
    expect(documents.flatMap((document) => brokenLinks(document, lookUp))).toEqual([]);
  });

  it('name paths that are there', () => {
    const now = documents.filter(({ path }) => path !== 'CHANGELOG.md');
    expect(now.flatMap((document) => missingPaths(document, exists))).toEqual([]);
  });

  it('quote files as they are', () => {
    const quotes = documents.flatMap(fencesOf).filter(({ above }) => above.startsWith('file: '));
    expect(quotes.length).toBeGreaterThan(0);
    for (const { above, body } of quotes) expect(`${body}\n`).toBe(read(above.slice(6)));
  });
});

describe('a document that is wrong', () => {
  it.each([
    ['npm run nonsense', 'no script "nonsense"'],
    ['npm publish', 'no such use of npm'],
    ['npx highwater rnu', "unknown command 'rnu'"],
    ['npx highwater run --sed 7', "unknown option '--sed'"],
    ['npx highwater run --env cloud', "'cloud' is invalid"],
    ['npx highwater doctor all of it', 'too many arguments'],
    ['npx highwater plan failover/no-such', 'no suite "failover/no-such"'],
    ['npx vitest run --project nonsense', 'no project "nonsense"'],
    ['npx vitest run src/nonsense', 'there is no src/nonsense'],
    ['npx vitest', 'watches'],
    ['node scripts/nonsense.mjs', 'there is no scripts/nonsense.mjs'],
    ['curl example.test | sh', 'not a command that documents may name'],
  ])('is found out by its command: %s', (command, why) => {
    const document = sh('# not a command', `${command}   # a remark`);
    expect(commandsOf(document)).toEqual([command]);
    expect(commandProblem(command, known)).toContain(why);
  });

  it('is found out by a call in its running text', () => {
    const document = { path: 'a.md', text: 'Use `npx highwater rnu`, or `npm run x`.' };
    expect(commandsOf(document)).toEqual(['npx highwater rnu', 'npm run x']);
  });

  it('is found out by a link, a heading or a path that leads nowhere', () => {
    const text = [
      '[a](gone.md) [b](../README.md#exit-codes) [c](../README.md#gone) [d](#here) [e](#nowhere)',
      '[f](https://example.test/gone) `src/core/gone.ts` `src/core/scope.ts` `src/<any>.ts`',
      '## Here',
    ].join('\n');
    const document = { path: 'docs/planted.md', text };
    expect(brokenLinks(document, lookUp)).toEqual([
      'docs/planted.md: gone.md',
      'docs/planted.md: ../README.md#gone',
      'docs/planted.md: #nowhere',
    ]);
    expect(missingPaths(document, exists)).toEqual(['docs/planted.md: src/core/gone.ts']);
  });
});

describe('README.md', () => {
  const readme = called('README.md');

  it('has the exit codes of the code', () => {
    const codes = firstColumn(readme, '### Exit codes').map(Number);
    expect(codes).toEqual(Object.values(EXIT).sort((a, b) => a - b));
  });

  it('has every command with all of its flags', () => {
    const rows = new Map(
      firstColumn(readme, '## Commands').map((cell) => [cell.split(' ')[0], cell] as const),
    );
    const from = readme.text.indexOf('\n## Commands\n');
    const lines = readme.text.slice(from).split('\n');
    for (const command of highwaterProgram(() => {}).commands) {
      expect([...rows.keys()]).toContain(command.name());
      const line = lines.find((each) => each.startsWith(`| \`${command.name()}`));
      const told = [...(line ?? '').matchAll(/--[\w-]+/g)].map(([flag]) => flag);
      expect(told).toEqual(command.options.map(({ long }) => long));
      for (const { long } of command.options) expect([...rows.keys()]).toContain(long);
    }
  });

  it('has every environment variable of ours that is read', () => {
    const source = paths.filter((path) => /^src\/.*\.ts$/.test(path) && !path.includes('.test.'));
    const used = source.flatMap((path) =>
      [...read(path).matchAll(/'(HIGHWATER_[A-Z_]+[A-Z])'/g)].map(([, name]) => name),
    );
    const told = firstColumn(readme, '### Environment variables').flatMap((cell) =>
      cell.split(', ').filter((name) => name.startsWith('HIGHWATER_')),
    );
    // One for each software that has images, and one of our own tests.
    const ofImages = told.filter((name) => name.startsWith('HIGHWATER_IMAGE_'));
    const others = told.filter((name) => !/^HIGHWATER_(IMAGE|TEST)_/.test(name));
    expect(new Set(others)).toEqual(new Set(used));
    const env = Object.fromEntries(ofImages.map((name) => [name, 'x']));
    expect(imagesFrom(env)).toEqual({ kafka: 'x', zookeeper: 'x', net: 'x' });
  });

  it('shows what each environment offers as the adapters say it', () => {
    const page = read('docs/environments.md');
    // Else: npm run docs
    expect(page).toBe(withTable(page, 'capabilities', capabilityTable()));
  });

  it('has every file of a run directory', () => {
    const told = firstColumn(readme, '## The run directory').flatMap((cell) => cell.split(', '));
    const written = Object.values(FILES).map((name) => (name.includes('.') ? name : `${name}/`));
    expect(told).toEqual(expect.arrayContaining(written));
  });

  it('shows the output of one run', () => {
    const shown = fencesOf(readme).filter(({ above }) => above === 'run-output');
    expect(shown.map(({ body }) => /^\S.*\(exit \d+\)/m.test(body))).toEqual([true]);
  });
});

describe('docs/architecture.md', () => {
  const house = firstColumn(called('docs/architecture.md'), '## The house');

  it('names folders and files that are there', () => {
    expect(house.length).toBeGreaterThan(20);
    expect(house.filter((path) => !exists(path))).toEqual([]);
  });

  it('names every folder and file that stands directly below src', () => {
    const below = paths
      .map((path) => /^src\/[^/]+(\/|$)/.exec(path)?.[0])
      .filter((path) => path !== undefined);
    const untold = [...new Set(below)].filter(
      (path) => !house.some((told) => told.startsWith(path)),
    );
    expect(untold).toEqual([]);
  });
});
