import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { HighwaterError } from '../core/errors.ts';
import { ms } from '../core/time.ts';
import { exampleRun } from '../report/example/example-run.ts';
import type { Conducted } from '../scenario/conduct.ts';
import { type RunOnce, runOnce } from './run-once.ts';

const conducted: Conducted = { directory: '/runs/x', ...exampleRun('pass') };
const never = new AbortController().signal;

const run = (more: Partial<RunOnce>) =>
  runOnce({
    limit: ms(10_000),
    grace: ms(10_000),
    interrupt: never,
    conduct: async () => conducted,
    ...more,
  });

describe('runOnce', () => {
  it('keeps the result', async () => {
    expect(await run({})).toEqual({ kind: 'judged', conducted, note: null });
  });

  it('keeps the error instead of throwing it', async () => {
    const error = new TypeError('nobody expected this');
    const conduct = async (): Promise<never> => {
      throw error;
    };
    expect(await run({ conduct })).toEqual({ kind: 'failed', error });
  });

  it('aborts a run that outlives its limit, and says so beside what was judged', async () => {
    const ran = await run({
      limit: ms(20),
      conduct: async ({ signal }) => {
        await once(signal, 'abort');
        return conducted;
      },
    });
    expect(ran).toMatchObject({
      kind: 'judged',
      note: 'the run was not over after 20 ms, the sum of its budgets, and was aborted',
    });
  });

  it('gives up on a run that does not end although it was aborted', async () => {
    const ran = await run({ limit: ms(10), grace: ms(20), conduct: () => new Promise(() => {}) });
    expect(ran).toMatchObject({
      kind: 'failed',
      error: {
        message: expect.stringContaining('it had not cleaned up 20 ms later'),
        hint: expect.stringContaining('npx highwater sweep'),
      },
    });
  });

  it('hands an interrupt to the run, which is judged by what there is', async () => {
    const controller = new AbortController();
    const ran = run({
      interrupt: controller.signal,
      conduct: async ({ interrupt, signal }) => {
        await once(interrupt, 'abort');
        expect(signal.aborted).toBe(false);
        return conducted;
      },
    });
    controller.abort(new HighwaterError('INTERRUPTED', 'interrupted by Ctrl-C'));
    expect(await ran).toEqual({ kind: 'judged', conducted, note: null });
  });

  it('starts nothing once the interrupt has come', async () => {
    let started = false;
    const ran = await run({
      interrupt: AbortSignal.abort(new HighwaterError('INTERRUPTED', 'interrupted by Ctrl-C')),
      conduct: async () => {
        started = true;
        return conducted;
      },
    });
    expect(started).toBe(false);
    expect(ran).toMatchObject({ kind: 'failed', error: { message: 'not run: interrupted' } });
  });
});
