import { describe, expect, it } from 'vitest';
import { openScope } from './scope.ts';
import { ms, seconds } from './time.ts';
import { virtualClock } from './virtual-clock.ts';

const hangs = (): Promise<never> => new Promise(() => {});

describe('scope', () => {
  it('closes what was opened last first, once, and says how long each took', async () => {
    using clock = virtualClock();
    const scope = openScope('run', clock);
    const closed: string[] = [];
    for (const label of ['addresses', 'brokers', 'clients']) {
      scope.onClose(label, async () => {
        await clock.sleep(ms(100));
        closed.push(label);
      });
    }
    const report = await scope.close();
    expect(closed).toEqual(['clients', 'brokers', 'addresses']);
    expect(report).toEqual({
      entries: closed.map((label) => ({ label, tookMs: 100 })),
      failures: 0,
    });
    expect(await scope.close()).toBe(report);
    expect(closed).toHaveLength(3);
  });

  it('reports an undo that throws, also at once, and goes on with the next', async () => {
    using clock = virtualClock();
    const scope = openScope('run', clock);
    let reached = false;
    scope.onClose('first', () => {
      reached = true;
    });
    scope.onClose('at once', () => {
      throw new Error('EACCES');
    });
    scope.onClose('later', async () => Promise.reject(new Error('EBUSY')));
    expect(await scope.close()).toEqual({
      entries: [
        { label: 'later', tookMs: 0, error: 'EBUSY' },
        { label: 'at once', tookMs: 0, error: 'EACCES' },
        { label: 'first', tookMs: 0 },
      ],
      failures: 2,
    });
    expect(reached).toBe(true);
  });

  it('gives up an undo at its own limit, tells it so, and starts the next one fresh', async () => {
    using clock = virtualClock();
    const scope = openScope('run', clock);
    let told: AbortSignal | undefined;
    scope.onClose('second', () => clock.sleep(seconds(9)));
    scope.onClose(
      'hangs',
      (signal) => {
        told = signal;
        return hangs();
      },
      seconds(3),
    );
    const report = await scope.close();
    expect(report.entries).toEqual([
      { label: 'hangs', tookMs: 3_000, error: 'not done after 3 s' },
      { label: 'second', tookMs: 9_000 },
    ]);
    expect(told?.aborted).toBe(true);
  });

  it('owns things, and gives them back to the caller', async () => {
    using clock = virtualClock();
    const scope = openScope('run', clock);
    const thing = {
      disposed: 0,
      async [Symbol.asyncDispose]() {
        this.disposed += 1;
      },
    };
    expect(scope.own('thing', thing)).toBe(thing);
    await scope.close();
    expect(thing.disposed).toBe(1);
  });

  it('aborts its signal on close, and with the first reason that anybody gave', async () => {
    using clock = virtualClock();
    const scope = openScope('run', clock);
    const first = new Error('first');
    scope.abort(first);
    scope.abort(new Error('second'));
    expect(scope.signal.reason).toBe(first);
    await scope.close();
    expect(scope.signal.reason).toBe(first);
    const other = openScope('other', clock);
    await other.close();
    expect(other.signal.reason).toMatchObject({
      code: 'INTERRUPTED',
      message: 'scope "other" closed',
    });
  });

  it('follows the signal above it, also one that had aborted before', () => {
    using clock = virtualClock();
    const reason = new Error('Ctrl-C');
    const above = new AbortController();
    const scope = openScope('run', clock, above.signal);
    expect(scope.signal.aborted).toBe(false);
    above.abort(reason);
    expect(scope.signal.reason).toBe(reason);
    expect(openScope('late', clock, above.signal).signal.reason).toBe(reason);
  });

  it('is aborted by a task that fails, and waits for its tasks when it closes', async () => {
    using clock = virtualClock();
    const scope = openScope('run', clock);
    const ends: string[] = [];
    scope.task('watch', async (signal) => {
      await clock.sleep(seconds(60), signal).catch(() => {});
      await clock.sleep(ms(200));
      ends.push('watch');
    });
    const failure = new Error('the worker died');
    scope.task('load', async () => {
      await clock.sleep(ms(50));
      throw failure;
    });
    await clock.sleep(seconds(1));
    expect(scope.signal.reason).toBe(failure);
    const report = await scope.close();
    expect(ends).toEqual(['watch']);
    expect(report.failures).toBe(0);
  });

  it('takes a task that throws before it first waits as one that failed', () => {
    using clock = virtualClock();
    const scope = openScope('run', clock);
    const failure = new Error('at once');
    scope.task('load', () => {
      throw failure;
    });
    expect(scope.signal.reason).toBe(failure);
  });

  it('closes an inner scope in its turn, and reports what was in it', async () => {
    using clock = virtualClock();
    const scope = openScope('run', clock);
    const closed: string[] = [];
    scope.onClose('outer first', () => void closed.push('outer first'));
    const inner = scope.child('brokers');
    inner.onClose('broker-1', () => {
      closed.push('broker-1');
      throw new Error('still there');
    });
    scope.onClose('outer last', () => void closed.push('outer last'));
    const report = await scope.close();
    expect(closed).toEqual(['outer last', 'broker-1', 'outer first']);
    expect(inner.signal.aborted).toBe(true);
    expect(report.failures).toBe(1);
    expect(report.entries.map(({ label, error }) => [label, error])).toEqual([
      ['outer last', undefined],
      ['brokers / broker-1', 'still there'],
      ['brokers', undefined],
      ['outer first', undefined],
    ]);
  });

  it('leaves the outer scope alone when an inner one closes by itself', async () => {
    using clock = virtualClock();
    const scope = openScope('run', clock);
    const inner = scope.child('inner');
    let undone = 0;
    inner.onClose('x', () => {
      undone += 1;
    });
    await inner.close();
    expect(scope.signal.aborted).toBe(false);
    await scope.close();
    expect(undone).toBe(1);
  });

  it('takes back what is registered while it closes and after it has closed', async () => {
    using clock = virtualClock();
    const scope = openScope('run', clock);
    const undone: string[] = [];
    scope.onClose('early', () => {
      scope.onClose('while closing', () => void undone.push('while closing'));
    });
    const report = await scope.close();
    expect(report.entries.map(({ label }) => label)).toEqual(['early', 'while closing']);
    scope.onClose('too late', () => void undone.push('too late'));
    await Promise.resolve();
    expect(undone).toEqual(['while closing', 'too late']);
  });

  it('closes at the end of a block', async () => {
    using clock = virtualClock();
    let undone = false;
    {
      await using scope = openScope('block', clock);
      scope.onClose('x', () => {
        undone = true;
      });
    }
    expect(undone).toBe(true);
  });
});
