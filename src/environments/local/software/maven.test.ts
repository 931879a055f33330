import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { mavenOf, mavenSaid } from './maven.ts';

describe('what Maven said', () => {
  it('is its first complaint without the ornaments', () => {
    const lines = [
      '[INFO] Scanning for projects...',
      '[ERROR] Failed to execute goal copy: Could not find artifact a:b:jar:9 in central -> [Help 1]',
      '[ERROR] To see the full stack trace, re-run with -e.',
    ];
    expect(mavenSaid(lines)).toBe(
      'Failed to execute goal copy: Could not find artifact a:b:jar:9 in central -> [Help 1]',
    );
  });

  it('is its last line where it did not complain', () => {
    expect(mavenSaid(['a', 'JAVA_HOME is wrong'])).toBe('JAVA_HOME is wrong');
    expect(mavenSaid([])).toBe('it said nothing');
  });
});

describe('a missing Maven', () => {
  it('is one line that says what to do', async () => {
    const empty = mkdtempSync(join(tmpdir(), 'highwater-path-'));
    const launcher = {
      anchor: null,
      start: () => Promise.reject(new Error('nothing was to be started')),
    };
    const run = mavenOf(launcher, { PATH: empty }, () => {});
    await expect(run(['mvn'], empty, new AbortController().signal)).rejects.toMatchObject({
      code: 'ENV_NOT_READY',
      message: 'the jars are not cached, and there is no mvn to get them',
      hint: 'install Maven 3.6 or later and put mvn on the PATH',
    });
    rmSync(empty, { recursive: true });
  });
});
