import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { runCommand } from '../../../src/core/exec.ts';
import { seconds } from '../../../src/core/time.ts';
import type { Decoys } from './doomed-decoys.ts';
import { type DoomedPlace, type DoomedRun, sweepArgv } from './doomed-run.ts';
import { markedProcesses } from './local-machine.ts';

/** Within this after the kill nothing of a run may live. */
const GONE_WITHIN_MS = 5_000;

/** What became of a run that was killed. */
export interface Killed {
  /** From its start to the kill; null when it had ended by itself before. */
  readonly afterMs: number | null;
  readonly phase: string;
  /** How many processes it had when it was killed, and when the last of them was gone. */
  readonly before: number;
  readonly goneAfterMs: number;
  readonly survivors: readonly string[];
}

/** Kills the harness when `moment` resolves, and waits until nothing of its run lives. */
export async function killDoomed(run: DoomedRun, moment: Promise<unknown>): Promise<Killed> {
  const living = (): readonly string[] => markedProcesses(run.mark.name, run.mark.value);
  await Promise.race([moment, run.ended]);
  const { exitCode, signalCode } = run.child;
  const endedBefore = exitCode !== null || signalCode !== null;
  const before = living().length;
  const killedAt = performance.now();
  run.child.kill('SIGKILL');
  await run.ended;
  let survivors = living();
  while (survivors.length > 0 && performance.now() - killedAt < GONE_WITHIN_MS) {
    await pause(20);
    survivors = living();
  }
  return {
    afterMs: endedBefore ? null : Math.round(killedAt - run.startedAt),
    phase: run.lastPhase(),
    before,
    goneAfterMs: Math.round(performance.now() - killedAt),
    survivors,
  };
}

/** Sweeps as people do, then looks for whatever the dead run still holds and whatever it hurt. */
export async function problemsAfterSweep(
  run: DoomedRun,
  place: DoomedPlace,
  decoys: Decoys,
): Promise<{ readonly swept: number; readonly problems: readonly string[] }> {
  const sweep = (...flags: string[]) =>
    runCommand(sweepArgv(...flags), {
      env: place.env,
      signal: new AbortController().signal,
      within: seconds(60),
    });
  const { code, stdout, stderr } = await sweep();
  const lines = stdout.trim().split('\n');
  const again = await sweep('--dry-run');
  const blocks = run.leased('block');
  return {
    swept: lines.filter((line) => line.startsWith('freed: ')).length,
    problems: [
      ...(code === 0 ? [] : [`sweep ended with exit code ${code}: ${stderr.trim()}`]),
      ...lines.filter((line) => line.startsWith('failed: ')),
      ...(again.stdout.startsWith('nothing left') ? [] : [`a second sweep: ${again.stdout}`]),
      ...(await decoys.problems()),
      ...run.leased('socket').filter((path) => existsSync(path)),
      ...listenersIn(blocks).map((address) => `somebody listens on ${address}`),
      ...mountsBelow(place.root).map((path) => `${path} is mounted`),
    ],
  };
}

/** Addresses in these blocks (`127.23.0`) that somebody listens on. Linux only. */
function listenersIn(blocks: readonly string[]): readonly string[] {
  const listening = '0A';
  return readFileSync('/proc/net/tcp', 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , , state]) => state === listening)
    .map(([, local = '']) => {
      const [hex = '', port = ''] = local.split(':');
      // Four bytes, the last one first.
      const bytes = hex.match(/../g)?.map((byte) => Number.parseInt(byte, 16)) ?? [];
      return `${bytes.reverse().join('.')}:${Number.parseInt(port, 16)}`;
    })
    .filter((address) => blocks.some((block) => address.startsWith(`${block}.`)));
}

const mountsBelow = (root: string): readonly string[] =>
  readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '')
    .filter((path) => path.startsWith(root));
