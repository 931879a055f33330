import { existsSync, globSync, statSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { HighwaterError, messageOf } from '../core/errors.ts';
import { installCollector } from '../scenario/suite/collector.ts';
import type { Scenario } from '../scenario/suite/scenario.ts';

/** A scenario and the suite file that declared it. */
export interface Found {
  readonly scenario: Scenario;
  /** Relative to the working folder. */
  readonly suite: string;
}

const ENDING = '.suite.ts';

/**
 * The suite files that a person means: a path, a folder, or a name below suites/ without its ending
 * (`failover/leader-down`, `failover`). Nothing named means all below suites/.
 */
export function suiteFiles(named: readonly string[], from: string = process.cwd()): string[] {
  const all = (folder: string): string[] =>
    globSync(`**/*${ENDING}`, { cwd: folder })
      .map((file) => join(folder, file))
      .sort();
  if (named.length === 0) return all(resolve(from, 'suites'));
  const missing: string[] = [];
  const files = named.flatMap((name) => {
    for (const candidate of [
      resolve(from, name),
      resolve(from, 'suites', name),
      resolve(from, 'suites', `${name}${ENDING}`),
    ]) {
      if (!existsSync(candidate)) continue;
      const found = statSync(candidate).isDirectory() ? all(candidate) : [candidate];
      if (found.length > 0) return found;
    }
    missing.push(name);
    return [];
  });
  if (missing.length > 0) {
    const known = all(resolve(from, 'suites')).map((file) =>
      relative(resolve(from, 'suites'), file).slice(0, -ENDING.length),
    );
    throw new HighwaterError('USAGE', `no suite ${missing.map((name) => `"${name}"`).join(', ')}`, {
      hint: known.length > 0 ? `known: ${known.join(', ')}` : 'there is no suites/ folder here',
    });
  }
  return [...new Set(files)];
}

/** Loads suite files and gives what they declare, filtered by a pattern over scenario names. */
export async function loadScenarios(
  files: readonly string[],
  grep: string | undefined,
): Promise<Found[]> {
  const found: Found[] = [];
  for (const file of files) {
    const suite = relative(process.cwd(), file);
    const uninstall = installCollector(({ scenario }) => found.push({ scenario, suite }));
    try {
      await import(pathToFileURL(file).href);
    } catch (thrown) {
      throw new HighwaterError(
        'SCENARIO_INVALID',
        `suite ${suite} cannot be loaded: ${messageOf(thrown)}`,
        {
          cause: thrown,
          hint: 'a suite file imports from "highwater" and calls scenario() at its top level',
        },
      );
    } finally {
      uninstall();
    }
  }
  const wanted =
    grep === undefined ? found : found.filter(({ scenario }) => pattern(grep).test(scenario.name));
  if (wanted.length === 0) {
    throw new HighwaterError(
      'USAGE',
      grep === undefined
        ? `no scenario in ${files.join(', ')}`
        : `no scenario matches --grep "${grep}"`,
      {
        hint:
          found.length > 0
            ? `scenarios: ${found.map(({ scenario }) => scenario.name).join('; ')}`
            : 'does the file call scenario()?',
      },
    );
  }
  return wanted;
}

function pattern(grep: string): RegExp {
  try {
    return new RegExp(grep, 'i');
  } catch (thrown) {
    throw new HighwaterError(
      'USAGE',
      `--grep "${grep}" is no regular expression: ${messageOf(thrown)}`,
    );
  }
}
