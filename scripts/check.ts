/**
 * `npm run check`: types, lint, format, imports and dead code, two at a time (a laptop has more
 * cores, a CI machine often only two). Every stage runs, so that one look shows all that is wrong.
 */
import { EXIT, messageOf } from '../src/core/errors.ts';
import { runCommand } from '../src/core/exec.ts';
import { minutes, ms } from '../src/core/time.ts';
import { showSpan } from '../src/core/units.ts';

/** Makes every check of types but the first take a fraction of its time. */
const BUILD_INFO = 'node_modules/.cache/highwater/types.tsbuildinfo';
const STAGES: Readonly<Record<string, readonly string[]>> = {
  types: ['tsc', '--pretty', '--incremental', '--tsBuildInfoFile', BUILD_INFO],
  imports: ['depcruise', '--config', '.dependency-cruiser.mjs', 'src'],
  lint: ['oxlint', '--type-aware', '--deny-warnings', '.'],
  'dead code': ['knip', '--no-progress'],
  format: ['biome', 'ci', '.'],
};
const AT_ONCE = 2;

const interrupted = new AbortController();
process.once('SIGINT', () => interrupted.abort(new Error('interrupted')));
process.once('SIGTERM', () => interrupted.abort(new Error('terminated')));

const failed: string[] = [];
const waiting = Object.entries(STAGES);
const started = performance.now();
await Promise.all(Array.from({ length: AT_ONCE }, takeStages));
const took = showSpan(ms(performance.now() - started));
if (interrupted.signal.aborted) {
  console.error('check: interrupted');
  process.exitCode = EXIT.interrupted;
} else if (failed.length > 0) {
  console.error(`check: failed after ${took}: ${failed.join(', ')}`);
  process.exitCode = EXIT.broken;
} else console.log(`check: all well after ${took}`);

async function takeStages(): Promise<void> {
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    if (interrupted.signal.aborted) return;
    const [name, argv] = next;
    if (!(await passes(name, argv))) failed.push(name);
  }
}

async function passes(name: string, argv: readonly string[]): Promise<boolean> {
  const begun = performance.now();
  const { code, said } = await runCommand(argv, {
    signal: interrupted.signal,
    within: minutes(3),
  }).then(
    (result) => ({ code: result.code, said: result.stdout + result.stderr }),
    (thrown: unknown) => ({ code: null, said: messageOf(thrown) }),
  );
  const word = code === 0 ? 'ok    ' : 'FAILED';
  console.log(`check: ${word} ${name}, ${showSpan(ms(performance.now() - begun))}`);
  if (code !== 0) console.log(said.trimEnd());
  return code === 0;
}
