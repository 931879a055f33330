import { readFileSync } from 'node:fs';
import { EXIT, type ExitCode, HighwaterError, messageOf } from '../core/errors.ts';
import type { JsonObject } from '../core/json.ts';
import { readRun } from '../record/disk/read-run.ts';
import { assumptionsOf, firstBroken } from '../sizing/assumptions.ts';
import { type Declared, parseDeclared } from '../sizing/declared.ts';
import { formulasOf } from '../sizing/formulas.ts';
import { type Measured, measuredOf } from '../sizing/measured.ts';
import { showAssumptions, showFormulas, showMeasured } from '../sizing/show.ts';

/** Flags of `highwater size` as commander gives them. */
export interface SizeFlags {
  readonly run?: string;
  readonly one?: string;
}

/**
 * `highwater size`: how large rules of thumb would make a system for a declared load, and which of
 * their assumptions is the first that a run contradicts.
 */
export async function sizeCommand(words: readonly string[], flags: SizeFlags): Promise<ExitCode> {
  const declared = declaredBy(words);
  process.stdout.write(showFormulas(formulasOf(declared)));
  if (flags.run === undefined) {
    process.stdout.write('\nnothing was measured: --run holds the formulas against a run\n');
    return EXIT.holds;
  }
  const run = measuredIn(flags.run);
  const one = flags.one === undefined ? null : measuredIn(flags.one);
  const assumptions = assumptionsOf(declared, { run, one });
  process.stdout.write(`\n${showMeasured(run)}\n${showAssumptions(assumptions)}`);
  return firstBroken(assumptions) === null ? EXIT.holds : EXIT.broken;
}

/** What was declared: files of JSON and single words, the later over the earlier. */
export function declaredBy(words: readonly string[]): Declared {
  const given = words.map((word): JsonObject => {
    const [, key, value] = /^(\w+)=(.*)$/.exec(word) ?? [];
    return key === undefined || value === undefined ? fileOf(word) : { [key]: value };
  });
  const parsed = parseDeclared(Object.assign({}, ...given) as JsonObject);
  if ('declared' in parsed) return parsed.declared;
  throw new HighwaterError('USAGE', `declared load: ${parsed.problems.join('; ')}`, {
    facts: { problems: [...parsed.problems] },
    hint: 'for example: highwater size rate=2000 recordBytes=1KiB retention=7d partitionBytes=10GiB',
  });
}

function fileOf(path: string): JsonObject {
  try {
    const data: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (typeof data === 'object' && data !== null && !Array.isArray(data)) {
      return data as JsonObject;
    }
    throw new Error('it holds no object');
  } catch (thrown) {
    throw new HighwaterError('USAGE', `declared load ${path}: ${messageOf(thrown)}`, {
      hint: 'expected a file with a JSON object, or words like rate=2000',
    });
  }
}

function measuredIn(directory: string): Measured {
  const measured = measuredOf(readRun(directory));
  if (measured !== null) return measured;
  throw new HighwaterError('RUN_UNREADABLE', `${directory} has no baseline to measure`, {
    hint: 'a run that ended before its load says nothing about sizes',
  });
}
