import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { exampleRun } from './example/example-run.ts';
import { writeReports } from './write-reports.ts';

const folders: string[] = [];
function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'highwater-reports-'));
  folders.push(made);
  return made;
}
afterEach(() => {
  for (const made of folders.splice(0)) rmSync(made, { recursive: true });
});

describe('writeReports', () => {
  it('writes all of them, whole, and says where', () => {
    const directory = folder();
    const { record, result } = exampleRun('fail');
    const { files, troubles } = writeReports(directory, record, result);
    expect(troubles).toEqual([]);
    expect(files.map((file) => basename(file))).toEqual([
      'verdict.json',
      'junit.xml',
      'summary.md',
      'report.html',
    ]);
    expect(readdirSync(directory).sort()).toEqual(files.map((file) => basename(file)).sort());
    expect(JSON.parse(readFileSync(join(directory, 'verdict.json'), 'utf8'))).toEqual(result);
  });

  it('gives the same bytes when the same record is judged again', () => {
    const directory = folder();
    const bytes = (): string[] => {
      const { record, result } = exampleRun('inconclusive');
      return writeReports(directory, record, result).files.map((file) =>
        readFileSync(file, 'utf8'),
      );
    };
    expect(bytes()).toEqual(bytes());
  });

  it('loses no other report when one cannot be written, and tells which', () => {
    const directory = folder();
    mkdirSync(join(directory, 'junit.xml'));
    const { record, result } = exampleRun('pass');
    const { files, troubles } = writeReports(directory, record, result);
    expect(files.map((file) => basename(file))).toEqual([
      'verdict.json',
      'summary.md',
      'report.html',
    ]);
    expect(troubles).toEqual([expect.stringMatching(/^writing junit.xml: .*EISDIR/u)]);
    expect(readdirSync(directory)).not.toContain('junit.xml.part');
  });

  it('loses no other report when one reporter throws', () => {
    const { record, result } = exampleRun('pass');
    const broken = { ...record, plan: { ...record.plan, topics: null as never } };
    const { files, troubles } = writeReports(folder(), broken, result);
    expect(files).toHaveLength(3);
    expect(troubles).toEqual([expect.stringMatching(/^writing report.html: /u)]);
  });
});
