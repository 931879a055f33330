import { describe, expect, it } from 'vitest';
import { HighwaterError } from './errors.ts';
import { ms, type Span, seconds } from './time.ts';
import { type VirtualClock, virtualClock } from './virtual-clock.ts';
import { type Probe, type WaitOptions, waitFor } from './wait-for.ts';

const probeOf = <T>(look: (signal: AbortSignal) => Promise<T> | T): Probe<T> => ({
  what: 'brokers registered',
  look: async (signal) => look(signal),
  show: (value) => `${String(value)} of 3`,
});
const waiting = <T>(clock: VirtualClock, more: Partial<WaitOptions<T>> = {}): WaitOptions<T> => ({
  clock,
  signal: new AbortController().signal,
  within: seconds(1),
  until: (value) => value === 3,
  ...more,
});
const failure = async (promise: Promise<unknown>): Promise<HighwaterError> => {
  const thrown = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(thrown).toBeInstanceOf(HighwaterError);
  return thrown as HighwaterError;
};
const hangs = (): Promise<never> => new Promise(() => {});

describe('waitFor', () => {
  it('looks at once, then every 100 ms, and returns the value that was wanted', async () => {
    using clock = virtualClock();
    const seen: string[] = [];
    const value = await waitFor(
      probeOf(() => Math.floor(clock.now() / 100)),
      waiting(clock, { onLook: (look) => seen.push(look) }),
    );
    expect(value).toBe(3);
    expect(clock.now()).toBe(300);
    expect(seen).toEqual(['0 of 3', '1 of 3', '2 of 3']);
  });

  it('says at the end what it last saw, how often it looked, and the last error', async () => {
    using clock = virtualClock();
    const error = await failure(
      waitFor(
        probeOf(() => {
          if (clock.now() > 500) throw new Error('ECONNREFUSED');
          return 2;
        }),
        waiting(clock, { code: 'ENV_NOT_READY', hint: 'see the logs' }),
      ),
    );
    expect(error).toMatchObject({
      code: 'ENV_NOT_READY',
      hint: 'see the logs',
      message:
        'brokers registered: not so after 1 s: last seen "2 of 3" (11 looks, last error ECONNREFUSED)',
      facts: { what: 'brokers registered', looks: 11, lastSeen: '2 of 3' },
    });
  });

  it('forgets an error once a look has worked again', async () => {
    using clock = virtualClock();
    const error = await failure(
      waitFor(
        probeOf(() => {
          if (clock.now() < 500) throw new Error('ECONNREFUSED');
          return 2;
        }),
        waiting(clock),
      ),
    );
    expect(error.message).toBe(
      'brokers registered: not so after 1 s: last seen "2 of 3" (11 looks)',
    );
  });

  it('takes the look at the very end, and none after it', async () => {
    using clock = virtualClock();
    const done = await waitFor(
      probeOf(() => (clock.now() >= 1_000 ? 3 : 0)),
      waiting(clock),
    );
    expect(done).toBe(3);
    using other = virtualClock();
    const error = await failure(
      waitFor(
        probeOf(() => (other.now() > 1_000 ? 3 : 0)),
        waiting(other, { every: ms(300) }),
      ),
    );
    expect(error.facts['looks']).toBe(5);
    expect(other.now()).toBe(1_000);
  });

  it('wants the value to hold for as long as it was told, without a gap', async () => {
    using clock = virtualClock();
    const flaps = (): number => (clock.now() === 200 ? 2 : 3);
    await waitFor(probeOf(flaps), waiting(clock, { steadyFor: ms(400) }));
    expect(clock.now()).toBe(700);
    const start = clock.now();
    const error = await failure(
      waitFor(
        probeOf(() => ((clock.now() - start) % 400 === 0 ? 2 : 3)),
        waiting(clock, { steadyFor: ms(400) }),
      ),
    );
    expect(error.message).toMatch(/^brokers registered: not so \(must hold for 400 ms\) after 1 s/);
  });

  it('counts a look that failed as a gap', async () => {
    using clock = virtualClock();
    await waitFor(
      probeOf(() => {
        if (clock.now() === 300) throw new Error('reset');
        return 3;
      }),
      waiting(clock, { steadyFor: ms(400) }),
    );
    expect(clock.now()).toBe(800);
  });

  it.each([
    ['the whole wait', seconds(30), 30_000],
    ['at least the time of a last look', ms(100), 500],
  ])('gives up a look that hangs after %s', async (_, within: Span, endsAt: number) => {
    using clock = virtualClock();
    let told: AbortSignal | undefined;
    const error = await failure(
      waitFor(
        probeOf((signal) => {
          told = signal;
          return hangs();
        }),
        waiting(clock, { within }),
      ),
    );
    expect(error.message).toMatch(/last seen "nothing" \(1 looks, last error the look did not end/);
    expect(told?.aborted).toBe(true);
    expect(clock.now()).toBe(endsAt);
  });

  it('ends with the reason of its signal, while it looks and while it pauses', async () => {
    using clock = virtualClock();
    for (const look of [hangs, () => 0]) {
      const controller = new AbortController();
      const reason = new Error('enough');
      void clock.sleep(ms(250)).then(() => controller.abort(reason));
      const wait = waitFor(
        probeOf<number>(look),
        waiting(clock, { within: seconds(60), signal: controller.signal }),
      );
      await expect(wait).rejects.toBe(reason);
    }
  });

  it('ends at once when the condition throws or a look finds a bug of ours', async () => {
    using clock = virtualClock();
    const bug = new HighwaterError('BUG', 'bug in highwater: x');
    await expect(
      waitFor(
        probeOf(() => {
          throw bug;
        }),
        waiting(clock),
      ),
    ).rejects.toBe(bug);
    const until = (): boolean => {
      throw new TypeError('no such property');
    };
    await expect(
      waitFor(
        probeOf(() => 1),
        waiting(clock, { until }),
      ),
    ).rejects.toThrow(TypeError);
    expect(clock.now()).toBe(0);
  });
});
