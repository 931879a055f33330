/**
 * `npm test`: the checks, then the classes of tests one after the other, so that the test
 * runner's own closing lines are seen. Every stage runs whatever became of the one before. A test
 * that was skipped makes the whole red: it is a claim that nobody looked at. With `--all` come the
 * tests that are for the night: `npm run test:all`. With `--containers` come those that need a
 * container engine, with `--kubernetes` those that need kind, and each of both kills a harness as
 * often as `--kills` says; without the flag they are not claimed by anybody.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EXIT } from '../src/core/errors.ts';
import { ms } from '../src/core/time.ts';
import { showSpan } from '../src/core/units.ts';
import { runToEnd } from './bootstrap/run-to-end.mjs';
import { exitFor } from './flags/exit-for.ts';
import { type Asked, askedFor } from './flags/test.ts';

type Counts = { passed: number; failed: number; skipped: number };
type Stage = { name: string; argv: readonly string[]; counted?: string };

const asked = read();
const more = [
  ...(asked.containers ? ['container'] : []),
  ...(asked.kubernetes ? ['kubernetes'] : []),
  ...(asked.all ? ['nightly'] : []),
];
process.env['HIGHWATER_TEST_KILLS'] = String(asked.kills);

const folder = mkdtempSync(join(tmpdir(), 'highwater-test-'));
const stages: readonly Stage[] = [
  { name: 'check', argv: ['node', 'scripts/check.ts'] },
  ...['unit', 'inline', 'integration', ...more].map((project) => {
    const counted = join(folder, `${project}.json`);
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${counted}`];
    return {
      name: project,
      argv: ['vitest', 'run', '--project', project, ...reporters],
      counted,
    };
  }),
];

let interrupted = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    interrupted = true;
  });
}

const total: Counts = { passed: 0, failed: 0, skipped: 0 };
const lines: string[] = [];
let red = false;
try {
  for (const stage of stages) {
    if (interrupted) break;
    const started = performance.now();
    console.log(`\n── ${stage.name} ──`);
    const code = await runToEnd(stage.argv);
    red ||= code !== 0;
    if (stage.counted !== undefined) addCounts(stage.counted);
    const took = showSpan(ms(performance.now() - started));
    lines.push(`${stage.name.padEnd(12)} ${code === 0 ? 'ok    ' : 'FAILED'} ${took}`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log(`\n${lines.join('\n')}`);
if (total.skipped > 0) console.log(`${total.skipped} skipped: that counts as failed`);
console.log(`${total.passed} passed, ${total.failed + total.skipped} failed`);
if (interrupted) process.exitCode = EXIT.interrupted;
else if (red || total.failed + total.skipped > 0) process.exitCode = EXIT.broken;

/** Adds what a run of vitest counted. Without its file the run never came to its end. */
function addCounts(file: string): void {
  let report: { numPassedTests: number; numFailedTests: number; numTotalTests: number };
  try {
    report = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    red = true; // The line of the stage says so, and its own output says why.
    return;
  }
  total.passed += report.numPassedTests;
  total.failed += report.numFailedTests;
  total.skipped += report.numTotalTests - report.numPassedTests - report.numFailedTests;
}

function read(): Asked {
  try {
    return askedFor(process.argv.slice(2));
  } catch (thrown) {
    return process.exit(exitFor(thrown));
  }
}
