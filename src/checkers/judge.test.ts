import { describe, expect, it } from 'vitest';
import type { RunEvent, TroubleEvent } from '../record/events.ts';
import type { Checker, Finding } from './checker.ts';
import { judge } from './judge.ts';
import { type Draft, recordOf } from './test/a-record.ts';

const finding = (changes: Partial<Finding> = {}): Finding => ({
  outcome: 'pass',
  because: 'it holds',
  measured: [],
  looked: { at: 1, what: 'things' },
  anomalies: [],
  ...changes,
});
const checker = (check: () => Finding, changes: Partial<Checker> = {}): Checker => ({
  claim: 'a-claim',
  needsFault: false,
  aboutTime: false,
  statement: () => 'a statement',
  check,
  ...changes,
});
const broken = (): Finding =>
  finding({
    outcome: 'fail',
    because: 'broken',
    anomalies: [{ code: 'X', where: 'y', text: 'z' }],
  });

function judged(one: Checker, change: (draft: Draft) => void = () => {}) {
  const record = recordOf((draft) => {
    draft.plan = { ...draft.plan, checks: [{ claim: 'a-claim', params: {} }] };
    change(draft);
  });
  const result = judge(record, new Map([[one.claim, one]]));
  return { result, verdict: result.verdicts[0] };
}
const ended = (reason: 'completed' | 'interrupted' | 'failed') => (draft: Draft) => {
  draft.events = draft.events.map((event) => (event.kind === 'end' ? { ...event, reason } : event));
};
const trouble = (phase: TroubleEvent['phase'], code = 'NODE_DIED'): RunEvent => ({
  t: 5,
  kind: 'trouble',
  phase,
  code,
  message: 'broker-1 died',
  hint: null,
});
const beforeLoad = (draft: Draft): void => {
  draft.events = draft.events.filter(({ kind }) => kind === 'begin' || kind === 'end');
};
const starved = (draft: Draft): void => {
  draft.samples = draft.samples.map((row) =>
    row.series === 'host.loop-delay.p99' ? { ...row, value: 80 } : row,
  );
};

describe('judge', () => {
  it('puts the claims of the plan first and the standing ones after them', () => {
    const { result } = judged(checker(() => finding()));
    expect(result).toMatchObject({ outcome: 'pass', exit: 0, run: 'a-run', troubles: [] });
    expect(result.verdicts.map(({ claim, standing }) => [claim, standing])).toEqual([
      ['a-claim', false],
      ['load-was-real', true],
      ['faults-bit-and-healed', true],
      ['nothing-left-behind', true],
      ['logs-clean', true],
      ['nodes-stayed-up', true],
    ]);
  });

  it('gives the same bytes for the same record', () => {
    const bytes = () => JSON.stringify(judged(checker(() => finding())).result);
    expect(bytes()).toBe(bytes());
  });

  it('is broken with exit 1 when one claim is', () => {
    expect(judged(checker(broken)).result).toMatchObject({ outcome: 'fail', exit: 1 });
  });

  it('makes a checker that throws inconclusive, with its message', () => {
    const { result, verdict } = judged(
      checker(() => {
        throw new Error('oh');
      }),
    );
    expect(verdict).toMatchObject({
      outcome: 'inconclusive',
      because: 'the checker itself failed: oh',
    });
    expect(result.exit).toBe(2);
  });

  it('makes a claim that no checker knows inconclusive', () => {
    const { verdict } = judged(checker(() => finding(), { claim: 'another' }));
    expect(verdict?.outcome).toBe('inconclusive');
    expect(verdict?.because).toBe('no checker knows the claim "a-claim"');
  });

  it('does not believe a pass that looked at nothing', () => {
    const none = { looked: { at: 0, what: 'records' } };
    const { verdict } = judged(checker(() => finding(none)));
    expect(verdict).toMatchObject({
      outcome: 'inconclusive',
      because: 'nothing was looked at: 0 records',
    });
  });

  it('does not believe a pass on a broken record, and does believe a proven anomaly', () => {
    const cut = (draft: Draft): void => {
      draft.breaks.push('history.ndjson breaks off in line 7: cut short');
    };
    const pass = judged(
      checker(() => finding()),
      cut,
    );
    expect(pass.verdict).toMatchObject({
      outcome: 'inconclusive',
      because: 'the record is not whole: history.ndjson breaks off in line 7: cut short',
    });
    expect(pass.result.exit).toBe(2);
    expect(judged(checker(broken), cut).result.exit).toBe(1);
  });

  it('leaves claims about faults out of a control run', () => {
    const control = (draft: Draft): void => {
      draft.plan = { ...draft.plan, control: true, timeline: [] };
    };
    const { result } = judged(
      checker(() => finding(), { needsFault: true }),
      control,
    );
    expect(result.verdicts.map(({ claim }) => claim)).toEqual([
      'load-was-real',
      'nothing-left-behind',
      'logs-clean',
      'nodes-stayed-up',
    ]);
    expect(result.outcome).toBe('pass');
  });

  it('makes a broken claim about time inconclusive on a starved host, and no other', () => {
    const timed = judged(checker(broken, { aboutTime: true }), starved);
    expect(timed.verdict?.outcome).toBe('inconclusive');
    expect(timed.verdict?.because).toMatch(
      /^the host was starved: its event loop was up to 80 ms late, in \d+ of \d+ samples; other/,
    );
    expect(timed.result.hostStarved).not.toBeNull();
    expect(judged(checker(broken), starved).verdict?.outcome).toBe('fail');
    expect(
      judged(
        checker(() => finding(), { aboutTime: true }),
        starved,
      ).verdict?.outcome,
    ).toBe('pass');
  });

  it('makes a broken claim about time inconclusive when a disk was full, and no other', () => {
    const full = (draft: Draft): void => {
      draft.events = [...draft.events, trouble('load', 'DISK_FULL')];
    };
    const timed = judged(checker(broken, { aboutTime: true }), full);
    expect(timed.verdict?.outcome).toBe('inconclusive');
    expect(timed.verdict?.because).toMatch(/^broker-1 died; otherwise it would be broken: /);
    expect(judged(checker(broken), full).verdict?.outcome).toBe('fail');
  });

  describe('of a run that did not go to its end', () => {
    it('ends with 130 when it was interrupted, whatever was found', () => {
      const pass = judged(
        checker(() => finding()),
        ended('interrupted'),
      );
      expect(pass.verdict).toMatchObject({
        outcome: 'inconclusive',
        because: 'the run was interrupted',
      });
      expect(pass.result.exit).toBe(130);
      const fail = judged(checker(broken), ended('interrupted'));
      expect(fail.result).toMatchObject({ outcome: 'fail', exit: 130 });
    });

    it('ends with 3 when trouble came before the load', () => {
      const { result, verdict } = judged(
        checker(() => finding({ outcome: 'inconclusive', because: 'no record' })),
        (draft) => {
          beforeLoad(draft);
          draft.events.push(trouble('ready'));
        },
      );
      expect(result).toMatchObject({ outcome: 'inconclusive', exit: 3 });
      expect(verdict?.because).toBe('the load never began: trouble in phase ready: broker-1 died');
    });

    it('ends with 4 when the environment cannot run the plan', () => {
      const { result } = judged(
        checker(() => finding()),
        (draft) => {
          beforeLoad(draft);
          draft.events.push(trouble('launch', 'PLAN_IMPOSSIBLE'));
        },
      );
      expect(result.exit).toBe(4);
    });

    it('is inconclusive with its cause when trouble came after the load had begun', () => {
      const { result, verdict } = judged(
        checker(() => finding()),
        (draft) => draft.events.push(trouble('drain', 'DISK_FULL')),
      );
      expect(verdict?.because).toBe('trouble in phase drain: broker-1 died');
      expect(result).toMatchObject({ outcome: 'inconclusive', exit: 2 });
      expect(result.troubles).toEqual(['trouble in phase drain: broker-1 died']);
    });

    it('still counts a proven anomaly as broken, and a bug of ours above it', () => {
      const with1 = (code: string) =>
        judged(checker(broken), (draft) => draft.events.push(trouble('load', code))).result.exit;
      expect(with1('NODE_DIED')).toBe(1);
      expect(with1('BUG')).toBe(70);
    });

    it('is inconclusive when it failed without saying why', () => {
      const { result } = judged(
        checker(() => finding()),
        ended('failed'),
      );
      expect(result).toMatchObject({ exit: 2, troubles: ['the run failed'] });
    });
  });
});
