import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { HighwaterError } from '../core/errors.ts';
import { exampleRun } from '../report/example/example-run.ts';
import { reportPromise } from './report-promise.ts';
import type { Ran } from './run-once.ts';

const directory = join(process.cwd(), 'reports', 'x');

const judged = (
  outcome: 'pass' | 'fail' | 'inconclusive',
  more: { exit?: 2 | 130; troubles?: readonly string[]; note?: string } = {},
): Ran => {
  const { record, result } = exampleRun(outcome);
  const { note = null, ...changed } = more;
  return {
    kind: 'judged',
    conducted: { directory, record, result: { ...result, ...changed } },
    note,
  };
};

const promised = exampleRun('pass').result.verdicts;

/** What the tests of the first `count` promises say; null for one that passes. */
const told = (ran: Ran | undefined, count = 2): (string | null)[] =>
  promised.slice(0, count).map((promise, at) => {
    try {
      reportPromise(ran, promise, at);
      return null;
    } catch (thrown) {
      return thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
    }
  });

describe('reportPromise', () => {
  it('passes for a promise that was kept, whatever became of the others', () => {
    expect(told(judged('pass'), 7)).toEqual(Array.from({ length: 7 }, () => null));
    expect(told(judged('inconclusive'))[0]).toBeNull();
  });

  it('says what is broken, with witnesses and where the report is', () => {
    expect(told(judged('fail'))[0]).toMatchInlineSnapshot(`
      "BROKEN: no-loss: no acknowledged record is lost
      64 of 117 312 acknowledged records are in no replica of their partition
        acknowledged 117 312 records
        lost 64 records (must be none)
        - LOST orders-0: sequence numbers 5520–5523 of session p0 were acknowledged and are absent from the segments of all three replicas
        - LOST orders-3: sequence numbers 5560–5563 of session p0 were acknowledged and are absent from the segments of all three replicas
        - LOST orders-0: sequence numbers 5600–5603 of session p0 were acknowledged and are absent from the segments of all three replicas
        - LOST orders-3: sequence numbers 5640–5643 of session p0 were acknowledged and are absent from the segments of all three replicas
        - LOST orders-0: sequence numbers 5680–5683 of session p0 were acknowledged and are absent from the segments of all three replicas
        - LOST orders-3: sequence numbers 5720–5723 of session p0 were acknowledged and are absent from the segments of all three replicas
        - LOST orders-0: sequence numbers 5760–5763 of session p0 were acknowledged and are absent from the segments of all three replicas
        - LOST orders-3: sequence numbers 5800–5803 of session p0 were acknowledged and are absent from the segments of all three replicas
        - LOST orders-0: sequence numbers 5840–5843 of session p0 were acknowledged and are absent from the segments of all three replicas
        - LOST orders-3: sequence numbers 5880–5883 of session p0 were acknowledged and are absent from the segments of all three replicas
        … and 6 more in verdict.json
      report: reports/x/report.html
      again:  npx highwater analyze reports/x"
    `);
  });

  it('says that a promise is inconclusive, why, and what disturbed the run', () => {
    const ran = judged('inconclusive', { troubles: ['load: a worker died'], note: 'aborted' });
    expect(told(ran)[1]).toMatch(/^INCONCLUSIVE: failover-within: .*\nthe host was starved/u);
    expect(told(ran)[1]).toContain('\ntrouble: aborted\ntrouble: load: a worker died\n');
  });

  it('never passes when the run as a whole was no pass, though every claim seems to hold', () => {
    const [first] = told(judged('pass', { exit: 130, troubles: ['the run was interrupted'] }));
    expect(first).toMatch(
      /^INCONCLUSIVE: all 7 claims hold, but: exit 130, interrupted; the run was interrupted/u,
    );
  });

  it('never passes without a run or without its own verdict', () => {
    expect(told(undefined)[0]).toBe('INCONCLUSIVE: the scenario was not run');
    const ran = judged('pass');
    if (ran.kind !== 'judged' || promised[0] === undefined) throw new Error('no example');
    expect(() => reportPromise(ran, promised[0] as never, 1)).toThrow(
      'no-loss: the run has no verdict of this claim',
    );
  });

  it('reports an error of the run in every test, with what to do', () => {
    const refused = new HighwaterError('PLAN_IMPOSSIBLE', 'no such role "brokr"', {
      hint: 'roles: broker, controller',
    });
    expect(told({ kind: 'failed', error: refused })).toEqual([
      'REFUSED: no such role "brokr"\nhint: roles: broker, controller',
      'REFUSED: no such role "brokr"\nhint: roles: broker, controller',
    ]);
    const error = new TypeError('nobody expected this');
    expect(told({ kind: 'failed', error })[0]).toBe('TypeError: nobody expected this');
  });
});
