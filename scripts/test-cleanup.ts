/**
 * `npm run test:cleanup`: whole runs on real brokers are killed with SIGKILL, each at a random
 * moment between its start and its normal end. Shown of every one: no process of it lives a few
 * seconds later, a sweep finds all else that it held, and nothing beside it was touched.
 */
import { rmSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { EXIT, type ExitCode, HighwaterError } from '../src/core/errors.ts';
import { runCommand } from '../src/core/exec.ts';
import { rngOf } from '../src/core/rng.ts';
import { ms, seconds } from '../src/core/time.ts';
import { showSpan } from '../src/core/units.ts';
import { type Decoys, openDecoys } from '../test/integration/support/doomed-decoys.ts';
import {
  type Killed,
  killDoomed,
  problemsAfterSweep,
} from '../test/integration/support/doomed-kill.ts';
import {
  type DoomedPlace,
  doomedCommand,
  makeDoomedPlace,
  startDoomedRun,
} from '../test/integration/support/doomed-run.ts';
import { exitFor } from './flags/exit-for.ts';
import { askedFor, type Mode } from './flags/test-cleanup.ts';

/** What each mode asks of the system. The last versions with ZooKeeper are 3.x. */
const MODES = {
  kraft: [],
  zookeeper: ['kafka.version=3.9.1', 'kafka.mode=zookeeper'],
} as const satisfies Record<Mode, readonly string[]>;

interface Tally {
  killed: number;
  bad: number;
  readonly phases: Map<string, number>;
  slowestMs: number;
}

const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => interrupted.abort(new Error(signal)));
}
process.exitCode = await main().catch((thrown: unknown) => {
  if (interrupted.signal.aborted) return EXIT.interrupted;
  return exitFor(thrown);
});

async function main(): Promise<ExitCode> {
  const { kills, seed } = askedFor(process.argv.slice(2));
  if (process.platform !== 'linux') {
    throw new HighwaterError('PLAN_IMPOSSIBLE', 'survivors are looked for in /proc: Linux only');
  }
  using place = makeDoomedPlace();
  for (const mode of kills.keys()) await refuseUnknown(mode, place);
  await using decoys = await openDecoys(place);
  const tally: Tally = { killed: 0, bad: 0, phases: new Map(), slowestMs: 0 };
  for (const [mode, count] of kills) {
    const whole = await measureWhole(mode, place, decoys);
    console.log(`${mode}: an undisturbed run takes ${showSpan(ms(whole))}; seed ${seed}`);
    await killMany({ mode, count, whole, seed }, { place, decoys, tally });
  }
  const phases = [...tally.phases].map(([phase, count]) => `${phase} ${count}`).join(', ');
  console.log(`killed in: ${phases}`);
  const how = tally.bad === 0 ? 'nothing survived and nothing was left' : `${tally.bad} NOT CLEAN`;
  console.log(
    `${tally.killed} kills, ${how}; all processes gone after ${showSpan(ms(tally.slowestMs))} at most`,
  );
  return tally.bad === 0 ? EXIT.holds : EXIT.broken;
}

/** A mode that cannot be planned is refused before anything is started. */
async function refuseUnknown(mode: Mode, { env }: DoomedPlace): Promise<void> {
  const { code, stderr } = await runCommand(doomedCommand('plan', MODES[mode]), {
    env,
    signal: interrupted.signal,
    within: seconds(30),
  });
  if (code === 0) return;
  throw new HighwaterError('PLAN_IMPOSSIBLE', `--mode ${mode}: ${stderr.trim()}`, {
    hint: 'nothing was started',
  });
}

/** How long a run takes that nobody kills; it must leave nothing either. */
async function measureWhole(mode: Mode, place: DoomedPlace, decoys: Decoys): Promise<number> {
  const run = startDoomedRun(place, { name: `whole-${mode}`, set: MODES[mode] });
  await Promise.race([run.ended, untilInterrupted()]);
  const whole = performance.now() - run.startedAt;
  if (interrupted.signal.aborted) await killDoomed(run, Promise.resolve());
  interrupted.signal.throwIfAborted();
  const { exitCode } = run.child;
  const { problems } = await problemsAfterSweep(run, place, decoys);
  if (problems.length === 0 && (exitCode === EXIT.holds || exitCode === EXIT.inconclusive)) {
    return whole;
  }
  throw new HighwaterError(
    'ENV_NOT_READY',
    `an undisturbed run ended with exit code ${exitCode}: ${problems.join('; ')}`,
    { hint: `it said:\n${run.said().trim()}` },
  );
}

async function killMany(
  of: {
    readonly mode: Mode;
    readonly count: number;
    readonly whole: number;
    readonly seed: string;
  },
  { place, decoys, tally }: { place: DoomedPlace; decoys: Decoys; tally: Tally },
): Promise<void> {
  const rng = rngOf(`${of.seed}/${of.mode}`);
  let done = 0;
  // A run that was quicker than the measured one may end before its moment: that is no kill.
  for (let turn = 0; done < of.count && turn < 2 * of.count; turn += 1) {
    const moment = rng.next() * of.whole;
    const name = `${of.mode}-${turn + 1}`;
    const run = startDoomedRun(place, { name, set: MODES[of.mode] });
    const killed = await killDoomed(
      run,
      pause(moment, undefined, { signal: interrupted.signal }).catch(() => {
        // Interrupted: it is killed now, looked after, and was the last.
      }),
    );
    const { swept, problems } = await problemsAfterSweep(run, place, decoys);
    if (killed.afterMs !== null) done += 1;
    const bad = [...killed.survivors.map((line) => `survived: ${line}`), ...problems];
    console.log(`${of.mode} ${done}/${of.count}: ${showKilled(killed)}, ${swept} things swept`);
    for (const each of bad) console.log(`  ${each}`);
    count(killed, bad.length > 0, tally);
    // What a run that was not cleaned up said is kept for as long as this goes on.
    if (bad.length === 0) rmSync(run.out, { recursive: true, force: true });
    else console.log(run.said().trim());
    interrupted.signal.throwIfAborted();
  }
  if (done < of.count) throw new HighwaterError('ENV_NOT_READY', 'too many runs ended too early');
}

function count({ afterMs, phase, goneAfterMs }: Killed, bad: boolean, tally: Tally): void {
  if (bad) tally.bad += 1;
  if (afterMs === null) return;
  tally.killed += 1;
  tally.phases.set(phase, (tally.phases.get(phase) ?? 0) + 1);
  tally.slowestMs = Math.max(tally.slowestMs, goneAfterMs);
}

function showKilled(killed: Killed): string {
  const { afterMs, phase, before, goneAfterMs, survivors } = killed;
  if (afterMs === null) return `had ended by itself, ${survivors.length} survivors`;
  return (
    `killed after ${showSpan(ms(afterMs))} in ${phase} with ${before} processes, ` +
    `${survivors.length} survivors after ${showSpan(ms(goneAfterMs))}`
  );
}

function untilInterrupted(): Promise<void> {
  return new Promise((resolve) => {
    interrupted.signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
