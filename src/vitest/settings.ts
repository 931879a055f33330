/** Those of vitest's resolved settings that decide whether verdicts can be trusted. */
export interface Settings {
  readonly pool: unknown;
  readonly maxWorkers: unknown;
  readonly retry: unknown;
  readonly bail: unknown;
  readonly watch: unknown;
  readonly concurrent: unknown;
}

/**
 * Every setting under which suites must not run, each with the reason and what to do. The plugin
 * sets them right; what gets here was asked for by somebody: in the config file or on the command
 * line.
 */
export function refusedSettings(settings: Settings): readonly string[] {
  const { pool, maxWorkers, retry, bail, watch, concurrent } = settings;
  const count =
    retry !== null && typeof retry === 'object' && 'count' in retry ? retry.count : retry;
  return [
    refused(pool === 'forks', `pool: expected 'forks', got ${show(pool)}`, [
      'a process that is started from a thread dies with that thread',
      'leave pool out',
    ]),
    refused(maxWorkers === 1, `fileParallelism: expected false, got ${show(maxWorkers)} workers`, [
      'loads that run side by side disturb one another',
      'leave fileParallelism and maxWorkers out',
    ]),
    refused((count ?? 0) === 0, `retry: expected 0, got ${show(retry)}`, [
      'a red that is tried again until it is green proves nothing',
      'leave retry out',
    ]),
    refused((bail ?? 0) === 0, `bail: expected 0, got ${show(bail)}`, [
      'the other promises of the same run would be shown as skipped',
      'leave bail out',
    ]),
    refused(watch !== true, 'watch: expected false, got true', [
      'a saved file must not start a cluster, and an ended watch shows tests as skipped',
      'use `vitest run`',
    ]),
    refused(concurrent !== true, 'sequence.concurrent: expected false, got true', [
      'loads that run side by side disturb one another',
      'leave sequence.concurrent out',
    ]),
  ].filter((problem) => problem !== undefined);
}

const refused = (
  fine: boolean,
  what: string,
  [why, instead]: readonly [string, string],
): string | undefined => (fine ? undefined : `${what}: ${why}; ${instead}`);

const show = (value: unknown): string =>
  typeof value === 'string' ? `'${value}'` : (JSON.stringify(value) ?? String(value));
