/**
 * `npm run bench`: how quick the harness itself is. Every figure stands against something that was
 * measured in the same run, and is told as a ratio. `--only start,judging` leaves the others out;
 * `--env local,container,kubernetes` says where systems are started.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { showError } from '../src/cli/show-error.ts';
import { EXIT, type ExitCode, HighwaterError, isHighwaterError } from '../src/core/errors.ts';
import { HIGHWATER_VERSION } from '../src/core/version.ts';
import { wallClock } from '../src/core/wall-clock.ts';
import { ENVIRONMENTS } from '../src/registry.ts';
import { hostFacts } from '../src/scenario/host-facts.ts';
import { type Figure, PARTS, type Part, ratioOf, showFigures } from './bench/figure.ts';
import { judgingFigures } from './bench/judging.ts';
import { loadFigures } from './bench/load.ts';
import { startFigures } from './bench/start.ts';

/** Where a start takes time: not in memory. */
const REAL = ENVIRONMENTS.filter((name) => name !== 'memory');

const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => interrupted.abort(new Error(signal)));
}
process.exitCode = await main().catch((thrown: unknown) => {
  if (interrupted.signal.aborted) return EXIT.interrupted;
  if (!isHighwaterError(thrown)) throw thrown;
  process.stderr.write(showError(thrown));
  return thrown.exit;
});

async function main(): Promise<ExitCode> {
  const { only, environments, out } = askedFor();
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
  if (only.has('start')) add(await startFigures(environments, signal));
  mkdirSync(dirname(out), { recursive: true });
  const told = figures.map((figure) => ({ ...figure, ratio: ratioOf(figure) }));
  const at = { at: wallClock().toISOString(), highwater: HIGHWATER_VERSION, host: hostFacts() };
  writeFileSync(out, `${JSON.stringify({ version: 1, ...at, figures: told }, null, 2)}\n`);
  process.stdout.write(`\nall of it: ${out}\n`);
  return EXIT.holds;
}

interface Asked {
  readonly only: ReadonlySet<Part>;
  readonly environments: readonly string[];
  readonly out: string;
}

function askedFor(): Asked {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', default: PARTS.join(',') },
      env: { type: 'string', default: 'local' },
      out: { type: 'string', default: 'reports/bench.json' },
    },
  });
  const only = new Set(listed('--only', values.only, PARTS));
  return { only, environments: listed('--env', values.env, REAL), out: values.out };
}

/** What a flag lists, each of which has to be known. */
function listed<T extends string>(flag: string, text: string, known: readonly T[]): readonly T[] {
  const wanted = text.split(',');
  const found = known.filter((each) => wanted.includes(each));
  if (found.length === wanted.length) return found;
  throw new HighwaterError('USAGE', `${flag} "${text}": expected some of ${known.join(', ')}`);
}
