import {
  closeSync,
  globSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  statfsSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RunResult } from '../../src/checkers/result.ts';
import { EXIT } from '../../src/core/errors.ts';
import { isDiskFull } from '../../src/core/free-disk.ts';
import { composition } from '../../src/registry.ts';
import { judgeRun } from '../../src/scenario/judge-run.ts';
import {
  type DoomedPlace,
  type DoomedRun,
  makeDoomedPlace,
  startDoomedRun,
} from '../integration/support/doomed-run.ts';
import { markedProcesses, until } from '../integration/support/local-machine.ts';
import { mountDisks, type SmallDisks } from '../integration/support/small-disks.ts';

/**
 * A disk that is too small, and one that becomes full under load, with real brokers: the run never
 * hangs, leaves nothing, keeps what was recorded, and says what it was.
 */
const MIB = 1024 * 1024;
let place: DoomedPlace;
let disks: SmallDisks | undefined;
let out = '';

beforeEach(() => {
  place = makeDoomedPlace();
  out = join(place.root, 'out');
  mkdirSync(out);
});
afterEach(() => {
  disks?.[Symbol.dispose]();
  disks = undefined;
  place[Symbol.dispose]();
});

/** Starts a run with `--out` on a disk of that size, and the volumes of the nodes on another. */
async function startOn(
  sizes: { readonly out: number; readonly work: number },
  flags: readonly string[] = [],
): Promise<DoomedRun> {
  disks = await mountDisks({ [out]: sizes.out, [place.folders.work]: sizes.work });
  const { inside, seen } = disks;
  return startDoomedRun(place, { name: 'small', out, flags, inside, seen });
}

const GIB = 1024 * MIB;

/** What a run that ended may not have left. */
function left(run: DoomedRun): readonly string[] {
  const { live, locks, work } = place.folders;
  const seen = disks?.seen ?? ((path: string) => path);
  return [
    ...markedProcesses(run.mark.name, run.mark.value),
    ...[live, locks, seen(work)].flatMap((folder) => readdirSync(folder)),
  ];
}

const untilUnderLoad = (run: DoomedRun): Promise<unknown> =>
  until(
    'load in the record',
    () => {
      if (run.child.exitCode !== null) throw new Error(run.said());
      return run.lastPhase();
    },
    (phase) => phase === 'load',
  );

/** What it said, whatever the width of the terminal. */
const sentences = (run: DoomedRun): string => run.said().replace(/\s+/g, ' ');

/** Waits until a run has ended; gives the milliseconds. */
async function endOf(run: DoomedRun): Promise<number> {
  const from = performance.now();
  await run.ended;
  return performance.now() - from;
}

/** Writes until there is no space. */
function fill(file: number, bytes: Buffer): void {
  try {
    for (;;) writeSync(file, bytes);
  } catch (thrown) {
    expect(isDiskFull(thrown)).toBe(true);
  }
}

/** What a broker says last when its disk is full. */
const GIVES_UP = /Shutdown broker because all log dirs in .* have failed/;
function brokerLogs(): string {
  const folder = disks?.seen(out) ?? out;
  const logs = globSync('*/logs/broker-*.log', { cwd: folder });
  return logs.map((log) => readFileSync(join(folder, log), 'utf8')).join('');
}

/** Judges the record as `analyze` does. */
function judged(): RunResult {
  const [found = ''] = globSync('*/plan.json', { cwd: disks?.seen(out) ?? out });
  return judgeRun(join(disks?.seen(out) ?? out, found, '..'), composition).result;
}

describe('a disk that is too small', () => {
  it('for the record is refused before anything is there', async () => {
    const run = await startOn({ out: 20 * MIB, work: 6 * GIB });
    await run.ended;
    expect(run.said()).toMatch(
      /- 256 MiB of disk needed for the record in .*, 20 MiB free; free some space, or .*--out/,
    );
    expect(run.child.exitCode).toBe(EXIT.notReady);
    expect(readdirSync(disks?.seen(out) ?? '')).toEqual([]);
    expect(left(run)).toEqual([]);
  });

  it('for the volumes of the nodes is refused before anything is there', async () => {
    const run = await startOn({ out: 300 * MIB, work: 100 * MIB });
    await run.ended;
    expect(run.said()).toMatch(/- 5 GiB of disk needed in .*, 100 MiB free; .*HIGHWATER_CACHE/);
    expect(run.child.exitCode).toBe(EXIT.notReady);
    expect(readdirSync(disks?.seen(out) ?? '')).toEqual([]);
    expect(left(run)).toEqual([]);
  });
});

describe('a disk that becomes full under load', () => {
  it('where the record is: the run ends, and what was recorded is judged', async () => {
    const run = await startOn({ out: 300 * MIB, work: 6 * GIB });
    await untilUnderLoad(run);
    const filler = join(disks?.seen(out) ?? '', 'filler');
    expect(() => writeFileSync(filler, Buffer.alloc(300 * MIB))).toThrow(/ENOSPC/);
    const took = await endOf(run);
    expect(run.child.exitCode).toBe(EXIT.inconclusive);
    expect(sentences(run)).toMatch(/Trouble: trouble in phase load: writing \S+: no space left on/);
    expect(left(run)).toEqual([]);
    expect(took).toBeLessThan(20_000);
    const result = judged();
    expect(result).toMatchObject({ outcome: 'inconclusive', exit: EXIT.inconclusive });
    expect(result.troubles[0]).toMatch(/no space left on the disk; what was recorded before is ke/);
    const [verdict = ''] = globSync('*/verdict.json', { cwd: disks?.seen(out) ?? '' });
    expect(JSON.parse(readFileSync(join(disks?.seen(out) ?? '', verdict), 'utf8'))).toEqual(result);
  });

  it('where the record is, to the last byte again and again: it is said, and judged', async () => {
    const run = await startOn({ out: 300 * MIB, work: 6 * GIB }, ['--env', 'memory']);
    const folder = disks?.seen(out) ?? '';
    await until(
      'a run directory',
      () => readdirSync(folder),
      (names) => names.includes('latest'),
    );
    const filler = openSync(join(folder, 'filler'), 'w');
    while (run.child.exitCode === null) {
      for (const size of [MIB, 4_096]) fill(filler, Buffer.alloc(size));
      await nextTurn();
    }
    closeSync(filler);
    expect(run.child.exitCode).toBe(EXIT.inconclusive);
    expect(sentences(run)).toMatch(/writing \S+: no space left on the disk; what was recorded be/);
    // Who is quicker, the run or whoever fills its disk, is open; what is missing is told.
    for (const report of ['verdict.json', 'junit.xml', 'summary.md', 'report.html']) {
      const written = globSync(`*/${report}`, { cwd: folder }).length === 1;
      expect(run.said().includes(`highwater: writing ${report}: `)).toBe(!written);
    }
    expect(globSync('*/*.part', { cwd: folder })).toEqual([]);
    expect(judged()).toMatchObject({ outcome: 'inconclusive', exit: EXIT.inconclusive });
  });

  it('where the volumes are: brokers die of it, and the run is inconclusive', async () => {
    const run = await startOn({ out: 300 * MIB, work: 6 * GIB });
    await untilUnderLoad(run);
    const { work } = place.folders;
    const { blocks, bfree, bsize } = statfsSync(disks?.seen(work) ?? '');
    // The harness sleeps meanwhile: awake it would end the run before they die.
    run.child.kill('SIGSTOP');
    disks?.resize(work, (blocks - bfree) * bsize);
    await until('a broker that gives itself up', brokerLogs, (logs) => GIVES_UP.test(logs));
    run.child.kill('SIGCONT');
    const took = await endOf(run);
    expect(run.child.exitCode).toBe(EXIT.inconclusive);
    expect(sentences(run)).toMatch(
      /Trouble: trouble in phase load: the disk of the nodes' volumes/,
    );
    expect(left(run)).toEqual([]);
    expect(took).toBeLessThan(20_000);
    const result = judged();
    expect(result).toMatchObject({ outcome: 'inconclusive', exit: EXIT.inconclusive });
    const logs = result.verdicts.find(({ claim }) => claim === 'logs-clean');
    expect(logs?.because).toMatch(
      /^the disk of .* otherwise it would be broken: FATAL_IN_LOG broke/,
    );
  });
});
