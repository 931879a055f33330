import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readLogs } from './log-digest.ts';

const root = mkdtempSync(join(tmpdir(), 'highwater-logs-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('the digest of logs', () => {
  it('counts lines and keeps those of level ERROR and FATAL', () => {
    const folder = join(root, 'plain');
    mkdirSync(folder);
    writeFileSync(
      join(folder, 'broker-1.log'),
      [
        '[2026-05-04 03:12:00,123] INFO started; no ERROR here (kafka.Kafka)',
        '[2026-05-04 03:12:01,123] ERROR [Controller id=1] went wrong (x.Y)',
        '\tat x.Y(Z.java:1)',
        '2026-05-04 03:12:02,000 [main] FATAL worse',
        'ERROR StatusLogger Reconfiguration failed',
        '',
      ].join('\n'),
    );
    expect(readLogs(folder)).toEqual([
      {
        node: 'broker-1',
        lines: 5,
        errorCount: 3,
        errors: [
          { line: 2, text: '[2026-05-04 03:12:01,123] ERROR [Controller id=1] went wrong (x.Y)' },
          { line: 4, text: '2026-05-04 03:12:02,000 [main] FATAL worse' },
          { line: 5, text: 'ERROR StatusLogger Reconfiguration failed' },
        ],
      },
    ]);
  });

  it('keeps a fatal line however many errors came before it', () => {
    const folder = join(root, 'many');
    mkdirSync(join(folder, 'broker-2'), { recursive: true });
    const error = '[2026-05-04 03:12:01,123] ERROR again (x.Y)\n';
    writeFileSync(join(folder, 'broker-2', 'server.log'), error.repeat(1_000));
    writeFileSync(
      join(folder, 'broker-2', 'stdout.log'),
      'Exception in thread "main" java.lang.OutOfMemoryError: Java heap space\n',
    );
    const [digest] = readLogs(folder);
    expect(digest).toMatchObject({ node: 'broker-2', lines: 1_001, errorCount: 1_001 });
    expect(digest?.errors).toHaveLength(101);
    expect(digest?.errors.at(-1)?.text).toMatch(/OutOfMemoryError/);
  });

  it('is empty without logs', () => {
    expect(readLogs(join(root, 'nothing'))).toEqual([]);
  });
});
