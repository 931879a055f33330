import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../record/events.ts';
import { AT, act, type Draft, recordOf } from '../test/a-record.ts';
import { faultsBitAndHealedChecker } from './faults-bit-and-healed.ts';
import { loadWasRealChecker } from './load-was-real.ts';
import { logsCleanChecker } from './logs-clean.ts';
import { nothingLeftBehindChecker } from './nothing-left-behind.ts';

type Case = [string, (draft: Draft) => void, RegExp];
const scaled =
  (series: string, factor: number, when: (t: number) => boolean = () => true) =>
  (draft: Draft): void => {
    draft.samples = draft.samples.map((row) =>
      row.series === series && when(row.t) ? { ...row, value: row.value * factor } : row,
    );
  };

describe('load-was-real', () => {
  const check = (change?: (draft: Draft) => void) => loadWasRealChecker.check(recordOf(change), {});

  it('passes with the rates of the judged windows', () => {
    const finding = check();
    expect(finding).toMatchObject({
      outcome: 'pass',
      because: '4 400 records were attempted at the planned rate',
    });
    expect(finding.measured.slice(0, 2)).toEqual([
      {
        name: 'rate attempted, baseline',
        value: 100,
        unit: 'records/s',
        bound: 'at least 95',
      },
      { name: 'rate attempted, recover', value: 100, unit: 'records/s', bound: 'at least 95' },
    ]);
  });

  it('follows a ramp', () => {
    const ramp = (draft: Draft): void => {
      draft.plan = {
        ...draft.plan,
        load: {
          ...draft.plan.load,
          stages: [
            { fromRate: 0, toRate: 200, forMs: 20_000 },
            { fromRate: 100, toRate: 100, forMs: 40_000 },
          ],
        },
      };
    };
    expect(check(ramp).outcome).toBe('pass');
  });

  it.each<Case>([
    [
      'the generator was too slow in the baseline',
      scaled('attempted', 0.9, (t) => t <= AT.engage),
      /in the baseline window 1 800 of 2 000 planned .* \(90 %, at least 95 % is needed\)/,
    ],
    [
      'it did not come back to its rate',
      scaled('attempted', 0.5, (t) => t > AT.healed),
      /in the recover window 1 200 of 2 400/,
    ],
    [
      'there was no recover window',
      (draft) => {
        draft.events = draft.events.filter(
          (event) => event.kind !== 'window' || event.window !== 'recover',
        );
      },
      /no recover window of at least 1 s/,
    ],
    [
      'outcomes are unknown outside of faults',
      (draft) => {
        draft.samples = draft.samples.map((row) =>
          row.series === 'unknown' && row.t < AT.engage ? { ...row, value: 20 } : row,
        );
      },
      /% of the outcomes outside of faults are unknown/,
    ],
    [
      'an affected partition was not tried while the fault lasted',
      (draft) => {
        draft.events = draft.events.filter(({ kind }) => kind !== 'outage');
        scaled('attempted', 0, (t) => t > AT.engage && t <= AT.healed)(draft);
      },
      /no attempt on orders-0 while fault-1 lasted/,
    ],
    [
      'there are no samples',
      (draft) => {
        draft.samples = [];
      },
      /in the baseline window 0 of 2 000/,
    ],
  ])('is inconclusive when %s', (_, change, because) => {
    const finding = check(change);
    expect(finding.outcome).toBe('inconclusive');
    expect(finding.because).toMatch(because);
  });

  it('does not count the unknown outcomes of the outage itself', () => {
    expect(check().measured).toContainEqual({
      name: 'unknown outcomes outside of faults',
      value: 0,
      unit: 'share',
      bound: 'at most 0.2',
    });
  });

  it('takes the rows that straddle a fault which no row lies inside of', () => {
    const engaged = AT.engage + 200;
    const brief = (draft: Draft): void => {
      draft.events = draft.events
        .filter(({ kind }) => kind !== 'outage')
        .map((event) => {
          if (event.kind !== 'fault') return event;
          const t = engaged + (/heal/.test(event.act) ? 900 : 0);
          return { ...event, from: t, t };
        });
    };
    const find = (...changes: ((draft: Draft) => void)[]) =>
      check((draft) => {
        for (const each of changes) each(draft);
      });
    expect(find(brief).because).not.toMatch(/no attempt/);
    const straddling = (t: number): boolean => t === AT.engage + 1_000;
    expect(find(brief, scaled('attempted', 0, straddling)).because).toMatch(
      /no attempt on orders-0 while fault-1 lasted/,
    );
  });

  it('asks for attempts while a planned change moved a leader, unless it was over at once', () => {
    const change = {
      kind: 'change',
      step: 'change-1',
      change: 'rolling-restart',
      seen: '',
    } as const;
    const led = { kind: 'leadership', topic: 'orders', partition: 1, epoch: 1, isr: [] } as const;
    const moved = (lastingMs: number) => (draft: Draft) => {
      draft.events.push(
        { t: 1_000, ...led, leader: 'broker-1' },
        { t: 40_000, ...change, act: 'begin', nodes: [], took: true },
        { t: 41_000, ...led, leader: 'broker-2' },
        { t: 40_000 + lastingMs, ...change, act: 'end', nodes: ['broker-1'], took: true },
      );
    };
    const untried = (draft: Draft): void => {
      draft.samples = draft.samples.map((row) =>
        row.series === 'attempted' && row.of === 'orders-1' && row.t > 40_000 && row.t <= 46_000
          ? { ...row, value: 0 }
          : row.series === 'attempted' && row.t > 46_000 && row.t <= 52_000 && row.of === 'orders-1'
            ? { ...row, value: 50 }
            : row,
      );
    };
    const find = (...changes: ((draft: Draft) => void)[]) =>
      check((draft) => {
        for (const each of changes) each(draft);
      });
    expect(find(moved(5_000)).outcome).toBe('pass');
    expect(find(moved(5_000), untried).because).toMatch(/no attempt on orders-1 while change-1 la/);
    expect(find(moved(2_000), untried).outcome).toBe('pass');
  });
});

describe('faults-bit-and-healed', () => {
  const check = (change?: (draft: Draft) => void) =>
    faultsBitAndHealedChecker.check(recordOf(change), {});
  const acts =
    (change: (event: ReturnType<typeof act>) => ReturnType<typeof act> | undefined) =>
    (draft: Draft): void => {
      draft.events = draft.events.flatMap((event): RunEvent[] => {
        if (event.kind !== 'fault') return [event];
        const changed = change(event);
        return changed === undefined ? [] : [changed];
      });
    };

  it('passes when each act of each step took', () => {
    expect(check()).toMatchObject({ outcome: 'pass', looked: { at: 1 }, anomalies: [] });
  });

  it.each<Case>([
    ['no act was recorded', acts(() => undefined), /fault-1 \(down\) was never engaged/],
    [
      'the fault was not seen to have bitten',
      acts((event) =>
        event.act === 'confirm' ? { ...event, took: false, seen: 'it still answers' } : event,
      ),
      /fault-1 \(down\) was not seen to have bitten: it still answers/,
    ],
    [
      'nobody looked whether it was healed',
      acts((event) => (event.act === 'confirm-heal' ? undefined : event)),
      /was not seen to be healed: nothing was recorded/,
    ],
    [
      'it came too late',
      acts((event) => ({ ...event, from: event.from + 12_000, t: event.t + 12_000 })),
      /was triggered 12 s late, at most 10 s is planned/,
    ],
    [
      'it was healed too soon',
      acts((event) => (event.act === 'heal' ? { ...event, from: AT.engage + 2_000 } : event)),
      /was held for 2 s, 15 s is planned/,
    ],
  ])('is inconclusive when %s', (_, change, because) => {
    const finding = check(change);
    expect(finding.outcome).toBe('inconclusive');
    expect(finding.because).toMatch(because);
    expect(finding.anomalies).toHaveLength(1);
  });
});

describe('nothing-left-behind', () => {
  const check = (change?: (draft: Draft) => void) =>
    nothingLeftBehindChecker.check(recordOf(change), {});

  it('passes when everything was given back', () => {
    expect(check().outcome).toBe('pass');
  });

  it.each<Case>([
    [
      'cleaning up was not recorded',
      (draft) => {
        draft.cleanup = null;
      },
      /not finished, or not recorded/,
    ],
    [
      'the census found something',
      (draft) => {
        draft.cleanup = {
          entries: [{ label: 'cluster', tookMs: 3 }],
          failures: 0,
          leftovers: [{ kind: 'process', what: 'pid 4711' }],
        };
      },
      /process: pid 4711/,
    ],
    [
      'an undo failed',
      (draft) => {
        draft.cleanup = {
          entries: [{ label: 'cluster', tookMs: 3, error: 'took over 10 s' }],
          failures: 1,
          leftovers: [],
        };
      },
      /cluster: took over 10 s/,
    ],
  ])('is inconclusive when %s', (_, change, because) => {
    const finding = check(change);
    expect(finding.outcome).toBe('inconclusive');
    expect(finding.because).toMatch(because);
  });
});

describe('logs-clean', () => {
  const check = (change?: (draft: Draft) => void) => logsCleanChecker.check(recordOf(change), {});
  const errors = (text: string) => (draft: Draft) => {
    draft.logs = [{ node: 'broker-1', lines: 9, errors: [{ line: 4, text }], errorCount: 3 }];
  };

  it('passes with errors that are not fatal, and counts them', () => {
    const finding = check(errors('[..] ERROR [ReplicaFetcher] connection to 1 was lost'));
    expect(finding.outcome).toBe('pass');
    expect(finding.measured).toEqual([
      { name: 'lines of level ERROR or FATAL', value: 3, unit: 'count' },
      { name: 'of them by broker-1', value: 3, unit: 'count' },
    ]);
  });

  it.each([
    'java.lang.OutOfMemoryError: Java heap space',
    '# A fatal error has been detected by the Java Runtime Environment:',
    '[2026-05-04 03:12:00,123] ERROR Exiting Kafka due to fatal exception (kafka.Kafka$)',
    '[..] ERROR Encountered fatal fault: Error applying topics delta (o.a.k.server.fault)',
    '[..] ERROR Shutdown broker because all log dirs in /data/a, /data/b have failed',
    '[..] ERROR [BrokerServer id=1] Fatal error during broker startup. Prepare to shutdown',
  ])('fails on "%s"', (text) => {
    const finding = check(errors(text));
    expect(finding.outcome).toBe('fail');
    expect(finding.anomalies).toMatchObject([{ code: 'FATAL_IN_LOG', where: 'broker-1' }]);
  });

  it('does not mind what a disk fault makes its target say, and nobody else', () => {
    const halted = errors('[..] ERROR Shutdown broker because all log dirs in /data have failed');
    const outcome = (target: string, fault: string): string =>
      check((draft) => {
        halted(draft);
        draft.events = draft.events.map((event) =>
          event.kind === 'fault' ? { ...event, fault, targets: [target] } : event,
        );
      }).outcome;
    expect(outcome('broker-1', 'disk-full')).toBe('pass');
    expect(outcome('broker-2', 'disk-full')).toBe('fail');
    expect(outcome('broker-1', 'down')).toBe('fail');
  });

  it('cannot tell when the disk that nodes were given was full', () => {
    const finding = check((draft) => {
      errors('[..] ERROR Shutdown broker because all log dirs in /data have failed')(draft);
      const message = 'the disk is full';
      const trouble = { kind: 'trouble', phase: 'load', code: 'DISK_FULL', hint: null } as const;
      draft.events = [...draft.events, { t: 5, ...trouble, message }];
    });
    expect(finding.outcome).toBe('inconclusive');
    expect(finding.because).toMatch(/^the disk is full; otherwise it would be broken: FATAL_IN_LO/);
    expect(finding.anomalies).toHaveLength(1);
  });

  it('does not take the name of a flag for what it is about', () => {
    expect(check(errors('ERROR bad flag -XX:+ExitOnOutOfMemoryError')).outcome).toBe('pass');
  });

  it.each<Case>([
    [
      'there are no logs',
      (draft) => {
        draft.logs = [];
      },
      /no node has a log/,
    ],
    [
      'a log is empty',
      (draft) => draft.logs.push({ node: 'broker-2', lines: 0, errors: [], errorCount: 0 }),
      /the log of broker-2 is empty/,
    ],
    [
      'a node that was seen has no log',
      (draft) =>
        draft.events.push({
          t: 1,
          kind: 'node',
          node: 'broker-3',
          state: 'up',
          incarnation: '1',
          ended: null,
          expected: true,
        }),
      /broker-3 has no log/,
    ],
  ])('is inconclusive when %s', (_, change, because) => {
    const finding = check(change);
    expect(finding.outcome).toBe('inconclusive');
    expect(finding.because).toMatch(because);
  });
});
