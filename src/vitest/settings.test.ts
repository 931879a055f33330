import { describe, expect, it } from 'vitest';
import { refusedSettings } from './settings.ts';

const right = {
  pool: 'forks',
  maxWorkers: 1,
  retry: 0,
  bail: 0,
  watch: false,
  concurrent: false,
};

describe('refusedSettings', () => {
  it('accepts what the plugin sets', () => {
    expect(refusedSettings(right)).toEqual([]);
    expect(refusedSettings({ ...right, retry: undefined, bail: undefined })).toEqual([]);
    expect(refusedSettings({ ...right, retry: { count: 0 } })).toEqual([]);
  });

  it('refuses everything that is wrong at once, with reasons', () => {
    const wrong = {
      pool: 'threads',
      maxWorkers: 4,
      retry: { count: 2 },
      bail: 1,
      watch: true,
      concurrent: true,
    };
    expect(refusedSettings(wrong)).toMatchInlineSnapshot(`
      [
        "pool: expected 'forks', got 'threads': a process that is started from a thread dies with that thread; leave pool out",
        "fileParallelism: expected false, got 4 workers: loads that run side by side disturb one another; leave fileParallelism and maxWorkers out",
        "retry: expected 0, got {"count":2}: a red that is tried again until it is green proves nothing; leave retry out",
        "bail: expected 0, got 1: the other promises of the same run would be shown as skipped; leave bail out",
        "watch: expected false, got true: a saved file must not start a cluster, and an ended watch shows tests as skipped; use \`vitest run\`",
        "sequence.concurrent: expected false, got true: loads that run side by side disturb one another; leave sequence.concurrent out",
      ]
    `);
  });
});
