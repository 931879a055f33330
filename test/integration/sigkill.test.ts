import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Rng, rngOf } from '../../src/core/rng.ts';
import { localEnvironment } from '../../src/environments/local/local-environment.ts';
import type { Node } from '../../src/environments/node.ts';
import { type Folders, foldersOf } from '../../src/leases/folders.ts';
import { sweep } from '../../src/leases/sweep.ts';
import { launchIdle, openTestRun, type TestRun } from './support/idle-nodes.ts';
import { markedProcesses, until } from './support/local-machine.ts';

/**
 * The harness is killed with SIGKILL at random moments, from its start to the end of its clean-up.
 * Seconds later none of its processes may be there, and a sweep must give back what else it held,
 * while everything that is somebody else's stays as it is. HIGHWATER_KILLS says how many times:
 * few by default, 30 when it is to be shown, more at night.
 */
const KILLS = Math.max(5, Number(process.env['HIGHWATER_KILLS'] ?? 5));
const SEED = process.env['HIGHWATER_KILL_SEED'] ?? String(process.pid);
/** Runs at the same time; they must not get into each other's way either. */
const SIDE_BY_SIDE = 2;
const MARK = 'HIGHWATER_TEST_MARK';
const HARNESS = fileURLToPath(new URL('support/doomed-harness.ts', import.meta.url));
const linux = process.platform === 'linux';

let root = '';
let env: Record<string, string | undefined>;
let folders: Folders;
let bystander: Omit<TestRun, 'book'>;
let bystanders: readonly Node[] = [];
let sleeper: ChildProcess;
/** What a harness tells on its way; it is killed some time after one of these. */
const STEPS = ['begin', 'launch', 'up', 'listening', 'restarted', 'dumped', 'paused'];
/** How long an undisturbed run takes here, in milliseconds. */
let whole = 0;

interface Doomed {
  readonly run: string;
  readonly steps: string[];
  readonly child: ChildProcess;
  readonly ended: Promise<unknown>;
}

function startHarness(run: string, mode: string, more: Record<string, string> = {}): Doomed {
  const args = [HARNESS, run, join(root, 'reports'), mode];
  const stdio = ['ignore', 'pipe', 'inherit'] as const;
  const all = { ...env, ...more, [MARK]: run } as NodeJS.ProcessEnv;
  const child = spawn(process.execPath, args, { env: all, stdio: [...stdio] });
  const steps: string[] = [];
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    steps.push(...text.trim().split('\n'));
  });
  return { run, steps, child, ended: once(child, 'close') };
}

const survivors = (run: string): readonly string[] => markedProcesses(MARK, run);

/** Starts a run, kills it when `moment` resolves, and waits until nothing of it lives. */
async function killOnce(doomed: Doomed, moment: () => Promise<unknown>) {
  await Promise.race([moment(), doomed.ended]);
  const before = survivors(doomed.run).length;
  doomed.child.kill('SIGKILL');
  const killedAt = performance.now();
  await doomed.ended;
  const left = await until(
    `nothing of ${doomed.run} lives (seed ${SEED}, killed after "${doomed.steps.at(-1)}")`,
    () => survivors(doomed.run),
    (found) => found.length === 0 || performance.now() - killedAt > 5_000,
  );
  return { run: doomed.run, last: doomed.steps.at(-1) ?? 'nothing', before, left };
}

/** Kills `count` runs, spread over all of what a run does, some side by side. */
async function killMany(count: number, mode: string, rng: Rng) {
  const todo = Array.from({ length: count }, (_, index) => index);
  const killed: Awaited<ReturnType<typeof killOnce>>[] = [];
  const worker = async (): Promise<void> => {
    for (let index = todo.pop(); index !== undefined; index = todo.pop()) {
      // The first are killed before they have told anything.
      const from = STEPS[Math.floor((index * (STEPS.length + 1)) / count) - 1];
      const later = (rng.next() * whole) / STEPS.length;
      const doomed = startHarness(`kill-${mode}-${process.pid}-${index}`, mode);
      const moment = async (): Promise<void> => {
        if (from !== undefined) await told(doomed, from);
        await pause(later);
      };
      killed.push(await killOnce(doomed, moment));
    }
  };
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, worker));
  return killed;
}

/** Resolves when the harness has told of a step. */
const told = (doomed: Doomed, step: string): Promise<void> =>
  new Promise((resolve) => {
    const look = (): void => {
      if (doomed.steps.includes(step)) resolve();
    };
    doomed.child.stdout?.on('data', look);
    look();
  });

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'highwater-sigkill-'));
  const places = { HIGHWATER_CACHE: join(root, 'cache'), HIGHWATER_LOCKS: join(root, 'locks') };
  env = { ...process.env, ...places };
  folders = foldersOf(env);
  // A run of our own that lives through it all, by the same folders.
  bystander = openTestRun(`bystander-${process.pid}`, join(root, 'reports'), folders.live);
  const environment = localEnvironment({ env });
  bystanders = (await launchIdle(environment, bystander, 1)).nodes;
  sleeper = spawn('sleep', ['600'], { env: { ...env, HIGHWATER_RUN: 'a decoy' } });
  mkdirSync(join(folders.work, 'not-in-a-lease'));
  writeFileSync(join(folders.live, 'readme.txt'), 'not a lease file');

  const began = performance.now();
  const undisturbed = startHarness(`whole-${process.pid}`, 'auto');
  await undisturbed.ended;
  whole = performance.now() - began;
  assert.deepEqual(undisturbed.steps, [...STEPS, 'done']);
}, 180_000);

afterAll(async () => {
  sleeper.kill('SIGKILL');
  await bystander.scope.close();
  rmSync(root, { recursive: true });
});

/** Sweeps, and looks that only what dead runs held is gone. */
async function sweepAndLook(): Promise<void> {
  const { swept, alive } = await sweep({ folders, dryRun: false });
  expect(swept.filter(({ state }) => state !== 'freed')).toEqual([]);
  expect(alive).toEqual([bystander.context.run]);
  expect(readdirSync(folders.live).sort()).toEqual([
    `${bystander.context.run}.ndjson`,
    'readme.txt',
  ]);
  expect(readdirSync(folders.work).sort()).toEqual([bystander.context.run, 'not-in-a-lease']);
  expect(readdirSync(folders.locks)).toHaveLength(1);
  expect((await sweep({ folders, dryRun: true })).swept).toEqual([]);
  const signal = new AbortController().signal;
  const states = await Promise.all(bystanders.map((node) => node.look(signal)));
  expect(states.map(({ state }) => state)).toEqual(['up']);
  expect(sleeper.exitCode ?? sleeper.signalCode).toBeNull();
}

describe.runIf(linux)('a harness that is killed with SIGKILL', () => {
  it(
    `at ${KILLS} random moments leaves no process, and a sweep finds the rest`,
    async () => {
      const killed = await killMany(KILLS, 'auto', rngOf(SEED));
      expect(killed.filter(({ left }) => left.length > 0)).toEqual([]);
      // It was really killed in the middle, and not always at the same point: once at least with
      // harness, anchor and three nodes, each with the helper that holds it.
      expect(Math.max(...killed.map(({ before }) => before))).toBeGreaterThanOrEqual(8);
      const steps = new Set(killed.map(({ last }) => last));
      expect(steps.size).toBeGreaterThan(1);
      expect(killed.filter(({ last }) => last !== 'done').length).toBeGreaterThan(KILLS / 2);
      await sweepAndLook();
    },
    60_000 + KILLS * 20_000,
  );

  it('leaves no process either where there are no namespaces', async () => {
    const kills = Math.max(2, Math.round(KILLS / 5));
    const killed = await killMany(kills, 'none', rngOf(`${SEED}/none`));
    expect(killed.filter(({ left }) => left.length > 0)).toEqual([]);
    await sweepAndLook();
  }, 240_000);

  it('while Maven runs leaves no Maven, and nothing half-done in the cache', async () => {
    const cache = join(root, 'cold');
    const doomed = startHarness(`maven-${process.pid}`, 'auto', { HIGHWATER_CACHE: cache });
    const killed = await killOnce(doomed, async () => {
      await until(
        'Maven runs',
        () => survivors(doomed.run).some((line) => line.includes('maven')),
        Boolean,
      );
    });
    expect(killed).toMatchObject({ last: 'maven', left: [] });
    const cold = foldersOf({ ...env, HIGHWATER_CACHE: cache });
    await sweep({ folders: cold, dryRun: false });
    expect([...readdirSync(cold.work), ...readdirSync(cold.live)]).toEqual([]);
    expect(existsSync(join(cache, 'distributions'))).toBe(false);
    // And the next run is not kept from resolving by the lock of the dead one.
    const next = startHarness(`next-${process.pid}`, 'auto', { HIGHWATER_CACHE: cache });
    await next.ended;
    expect(next.steps.at(-1)).toBe('done');
  }, 240_000);
});
