/**
 * `npm run bench`: how quick the harness itself is. Every figure stands against something that was
 * measured in the same run, and is told as a ratio. `--only start,judging` leaves the others out;
 * `--env local,container,kubernetes` says where systems are started.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { EXIT, type ExitCode } from '../src/core/errors.ts';
import { HIGHWATER_VERSION } from '../src/core/version.ts';
import { wallClock } from '../src/core/wall-clock.ts';
import { hostFacts } from '../src/scenario/run/host-facts.ts';
import { type Figure, ratioOf, showFigures } from './bench/figure.ts';
import { judgingFigures } from './bench/judging.ts';
import { loadFigures } from './bench/load.ts';
import { startFigures } from './bench/start.ts';
import { askedFor } from './flags/bench.ts';
import { exitFor } from './flags/exit-for.ts';

const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => interrupted.abort(new Error(signal)));
}
process.exitCode = await main().catch((thrown: unknown) => {
  if (interrupted.signal.aborted) return EXIT.interrupted;
  return exitFor(thrown);
});

async function main(): Promise<ExitCode> {
  const { only: parts, env, out } = askedFor(process.argv.slice(2));
  const only = new Set(parts);
  const figures: Figure[] = [];
  const add = (more: readonly Figure[]): void => {
    process.stdout.write(showFigures(more));
    figures.push(...more);
  };
  const { signal } = interrupted;
  // What lives of a calm machine comes first: brokers leave their mark for a while.
  if (only.has('load')) add(await loadFigures());
  const judged = new Set((['judging', 'report'] as const).filter((part) => only.has(part)));
  if (judged.size > 0) add(await judgingFigures(judged));
  signal.throwIfAborted();
  if (only.has('start')) add(await startFigures(env, signal));
  mkdirSync(dirname(out), { recursive: true });
  const told = figures.map((figure) => ({ ...figure, ratio: ratioOf(figure) }));
  const at = { at: wallClock().toISOString(), highwater: HIGHWATER_VERSION, host: hostFacts() };
  writeFileSync(out, `${JSON.stringify({ version: 1, ...at, figures: told }, null, 2)}\n`);
  process.stdout.write(`\nall of it: ${out}\n`);
  return EXIT.holds;
}
