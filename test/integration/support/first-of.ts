import { loadScenarios, suiteFiles } from '../../../src/cli/find-suites.ts';
import type { Scenario } from '../../../src/scenario/suite/scenario.ts';

/** A scenario and the file that it is in. */
export interface Found {
  readonly scenario: Scenario;
  readonly suite: string;
}

/** A file declares its scenarios when it is loaded, which a process does once. */
const loaded = new Map<string, Promise<readonly Found[]>>();

/** The first scenario of a suite of the repository. */
export async function firstOf(suite: string): Promise<Found> {
  const loading = loaded.get(suite) ?? loadScenarios(suiteFiles([suite]), undefined);
  loaded.set(suite, loading);
  const [found] = await loading;
  if (found === undefined) throw new Error(`no scenario in ${suite}`);
  return found;
}
