import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Clock } from '../../core/clock.ts';
import { instant } from '../../core/time.ts';
import type { EventBody } from '../events.ts';
import { aPlan } from '../test/a-plan.ts';
import { FILES } from './files.ts';
import { writeJsonFile } from './json-file.ts';
import { readRun } from './read-run.ts';
import { createRunDirectory, type RunDirectory } from './run-directory.ts';
import { makeRunId } from './run-id.ts';

const root = mkdtempSync(join(tmpdir(), 'highwater-record-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let time = 0;
const clock: Clock = {
  name: 'virtual',
  now: () => instant(time++),
  sleep: () => Promise.resolve(),
};
/** In these tests every write has to succeed. */
const fail = (failure: Error): void => {
  throw failure;
};
let runs = 0;
const newRun = (): RunDirectory => createRunDirectory(root, `run-${runs++}`, aPlan());
const begin = (run: string): EventBody => ({
  kind: 'begin',
  version: 2,
  run,
  anchor: '2026-05-04T03:12:00.000Z',
  highwater: '0.1.0',
  host: { cores: 2 },
});

function wholeRun(): RunDirectory {
  const directory = newRun();
  const recorder = directory.recorder(clock, fail);
  recorder.event(begin(directory.run));
  recorder.samples([
    { t: 1, series: 'lag', of: 'orders-0', value: 3 },
    { t: 2, series: 'lag', of: 'orders-0', value: 0 },
  ]);
  const of = { topic: 'orders', partition: 0, session: 'p0' } as const;
  recorder.deliveries([{ ...of, as: 'attempted', ranges: [[0, 9]] }]);
  recorder.deliveries([{ ...of, as: 'acknowledged', ranges: [[0, 7]] }]);
  recorder.event({ kind: 'phase', phase: 'load', state: 'begin' }, 12.5);
  directory.close('completed');
  directory.writeCleanup({ entries: [{ label: 'a', tookMs: 1 }], failures: 0, leftovers: [] });
  return directory;
}

describe('a run directory', () => {
  it('gives back what was told, with times from the clock or as given', () => {
    const { path, run } = wholeRun();
    const record = readRun(path);
    expect(record.breaks).toEqual([]);
    expect(record.plan).toEqual(aPlan());
    expect(record.events.map(({ kind }) => kind)).toEqual(['begin', 'phase', 'end']);
    expect(record.events[1]).toEqual({ t: 12.5, kind: 'phase', phase: 'load', state: 'begin' });
    expect(record.samples).toHaveLength(2);
    expect(record.ledger.deliveries[0]?.fates.acknowledged).toEqual([[0, 7]]);
    expect(record.cleanup?.failures).toBe(0);
    expect(readlinkSync(join(root, 'latest'))).toBe(run);
    expect(readRun(join(root, 'latest')).events).toHaveLength(3);
  });

  it('holds the plan before anything happens', () => {
    const { path } = newRun();
    const record = readRun(path);
    expect(record.plan.version).toBe(2);
    expect(record.breaks).toEqual([
      'history.ndjson does not start with a begin event',
      'history.ndjson has no end event: the run was cut short',
    ]);
    expect(record.cleanup).toBeNull();
  });

  it('refuses a name that is taken', () => {
    const { run } = newRun();
    expect(() => createRunDirectory(root, run, aPlan())).toThrow(/is there already/);
  });

  it('writes the same bytes for the same verdict', () => {
    const directory = newRun();
    writeJsonFile(join(directory.path, FILES.verdict), { outcome: 'pass', verdicts: [1, 2] });
    const first = readFileSync(join(directory.path, 'verdict.json'));
    writeJsonFile(join(directory.path, FILES.verdict), { outcome: 'pass', verdicts: [1, 2] });
    expect(readFileSync(join(directory.path, 'verdict.json'))).toEqual(first);
  });

  it('holds space while it is written, and gives it back', () => {
    const directory = newRun();
    expect(statSync(join(directory.path, '.ballast')).size).toBeGreaterThan(1_000_000);
    directory.close('completed');
    expect(existsSync(join(directory.path, '.ballast'))).toBe(false);
  });

  it('tells the first write that fails, goes on with events, and misses the rest', () => {
    const directory = newRun();
    const failures: string[] = [];
    const recorder = directory.recorder(clock, ({ message }) => failures.push(message));
    recorder.event(begin(directory.run));
    const sample = { t: 1, series: 'lag', of: 'orders-0', value: 3 } as const;
    // A value that JSON cannot hold fails as a disk does: in the middle of telling.
    recorder.samples([{ ...sample, value: 1n as unknown as number }]);
    recorder.samples([sample]);
    recorder.event({ kind: 'phase', phase: 'load', state: 'begin' });
    directory.close('failed');
    expect(failures).toEqual([expect.stringMatching(/^writing the record: .*BigInt/)]);
    const record = readRun(directory.path);
    expect(record.events.map(({ kind }) => kind)).toEqual(['begin', 'phase', 'end']);
    expect(record.breaks).toEqual(['samples.ndjson has 0 whole lines and 2 were told']);
  });

  it('closes once', () => {
    const directory = wholeRun();
    directory.close('failed');
    expect(readRun(directory.path).events.at(-1)).toMatchObject({
      kind: 'end',
      reason: 'completed',
    });
  });
});

describe('a damaged run directory', () => {
  const file = (directory: RunDirectory, name: string): string => join(directory.path, name);

  it('is read up to a line that was cut short', () => {
    const directory = wholeRun();
    const path = file(directory, 'history.ndjson');
    truncateSync(path, readFileSync(path).length - 10);
    const record = readRun(directory.path);
    expect(record.events).toHaveLength(2);
    expect(record.breaks).toEqual([
      'history.ndjson breaks off in line 3: cut short',
      'history.ndjson has no end event: the run was cut short',
    ]);
  });

  it('is read up to a line that is not JSON, and what follows is not believed', () => {
    const directory = wholeRun();
    const path = file(directory, 'samples.ndjson');
    const [first, second] = readFileSync(path, 'utf8').split('\n');
    writeFileSync(path, `${first}\n{"t":\n${second}\n`);
    const record = readRun(directory.path);
    expect(record.samples).toHaveLength(1);
    expect(record.breaks).toEqual([
      'samples.ndjson breaks off in line 2: not JSON',
      'samples.ndjson has 1 whole lines and 2 were told',
    ]);
  });

  it('names the field of a line that is not as it must be', () => {
    const directory = wholeRun();
    appendFileSync(
      file(directory, 'ledger.ndjson'),
      '{"topic":"orders","partition":0,"session":"p0","as":"in-log","ranges":[[5,3]]}\n',
    );
    expect(readRun(directory.path).breaks).toEqual([
      'ledger.ndjson breaks off in line 3: ranges: not a canonical set of ranges',
    ]);
  });

  it('tells a missing file and missing lines by the counts of the end', () => {
    const directory = wholeRun();
    rmSync(file(directory, 'samples.ndjson'));
    writeFileSync(file(directory, 'ledger.ndjson'), '');
    expect(readRun(directory.path).breaks).toEqual([
      'samples.ndjson is missing',
      'samples.ndjson has 0 whole lines and 2 were told',
      'ledger.ndjson has 0 whole lines and 2 were told',
    ]);
  });

  it('does not believe a ledger that contradicts itself', () => {
    const directory = newRun();
    const recorder = directory.recorder(clock, fail);
    recorder.event(begin(directory.run));
    const of = { topic: 'orders', partition: 0, session: 'p0' } as const;
    recorder.deliveries([
      { ...of, as: 'attempted', ranges: [[0, 9]] },
      { ...of, as: 'acknowledged', ranges: [[0, 4]] },
      { ...of, as: 'failed', ranges: [[4, 4]] },
    ]);
    directory.close('completed');
    expect(readRun(directory.path).breaks).toEqual([
      'ledger.ndjson contradicts itself: session p0, orders-0: 4 acknowledged and failed',
    ]);
  });

  it('cannot be read without its plan, or in a version of the future', () => {
    const without = wholeRun();
    rmSync(file(without, 'plan.json'));
    expect(() => readRun(without.path)).toThrow(/plan.json: it is missing/);
    const future = wholeRun();
    writeFileSync(file(future, 'plan.json'), JSON.stringify({ ...aPlan(), version: 3 }));
    expect(() => readRun(future.path)).toThrow(/version 3, and this highwater reads version 2/);
    const later = wholeRun();
    writeFileSync(file(later, 'history.ndjson'), '{"t":0,"kind":"begin","version":7}\n');
    expect(() => readRun(later.path)).toThrow(/version 7/);
  });

  it('tells a cleanup.json that was cut short', () => {
    const directory = wholeRun();
    truncateSync(file(directory, 'cleanup.json'), 20);
    const record = readRun(directory.path);
    expect(record.cleanup).toBeNull();
    expect(record.breaks[0]).toMatch(/^cleanup.json cannot be read/);
  });
});

describe('makeRunId', () => {
  it('names the time, the scenario and the seed', () => {
    const at = new Date('2026-05-04T03:12:07.123Z');
    expect(makeRunId('failover/leader-down', '1f3a', at)).toBe(
      '2026-05-04T031207-leader-down-1f3a-3f',
    );
  });

  it('stays short and plain whatever the scenario is called', () => {
    const id = makeRunId(
      'Der Führer einer Partition, unter Last – getötet!',
      'Seed/..',
      new Date(0),
    );
    expect(id).toMatch(/^[A-Za-z0-9-]{1,60}$/);
    expect(makeRunId('…', '', new Date(0))).toBe('1970-01-01T000000-run-0-00');
  });
});
