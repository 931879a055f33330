/**
 * Rules that no linter has, over every file that git knows or would take. A rule that needs an
 * exception names the file here and says why.
 */
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { runCommandOk } from '../src/core/exec.ts';
import { seconds } from '../src/core/time.ts';
import { brokenBy, type Finding, isWithin, RULES, type Rule } from './support/tidy-rules.ts';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const listed = await runCommandOk(
  ['git', 'ls-files', '-z', '--cached', '--others', '--exclude-standard'],
  { signal: new AbortController().signal, within: seconds(20), cwd: ROOT },
);

/** Files that git lists but that somebody has just deleted have no text. */
const textOf = (path: string): string | undefined => {
  try {
    return readFileSync(`${ROOT}/${path}`, 'utf8');
  } catch {
    return undefined;
  }
};
const files = listed.stdout
  .split('\0')
  .filter((path) => path !== '')
  .flatMap((path) => {
    const text = textOf(path);
    return text === undefined ? [] : [{ path, text }];
  });

const show = ({ path, line, what }: Finding): string => `${path}:${line}: ${what}`;

describe('every file', () => {
  it('is looked at', () => {
    expect(files.filter(({ path }) => path.startsWith('src/')).length).toBeGreaterThan(50);
    expect(files.map(({ path }) => path)).toContain('test/tidy.test.ts');
  });

  it.each(RULES.map((rule) => [rule.title, rule] as const))('%s', (_, rule) => {
    expect(files.flatMap((file) => brokenBy(rule, file)).map(show)).toEqual([]);
  });

  it.each(RULES.map((rule) => [rule.title, rule] as const))(
    'would be found out if it did not: %s',
    (_, rule: Rule) => {
      for (const { path, text } of rule.broken) {
        expect(brokenBy(rule, { path, text })).not.toEqual([]);
      }
      expect(rule.broken.length).toBeGreaterThan(0);
    },
  );

  it('that is named as an exception still needs to be one', () => {
    const idle = RULES.flatMap((rule) =>
      Object.keys(rule.except ?? {}).filter((exception) => {
        const covered = files.filter(({ path }) => isWithin(path, exception));
        return covered.every((file) => brokenBy({ ...rule, except: {} }, file).length === 0);
      }),
    );
    expect(idle).toEqual([]);
  });
});
