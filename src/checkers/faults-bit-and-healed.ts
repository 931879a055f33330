import { ms } from '../core/time.ts';
import { showSpan } from '../core/units.ts';
import { type FaultLife, faultLives } from '../record/fault-intervals.ts';
import type { StepPlan } from '../record/plan.ts';
import { baselineStart } from '../record/windows.ts';
import type { Anomaly, Checker } from './checker.ts';
import { decide } from './finding.ts';

/**
 * Claim, of every run with faults: each planned fault was engaged in time, was seen to have bitten,
 * lasted as long as planned, was healed, and was seen to be healed.
 *
 * It never fails: a fault that did not bite breaks no promise, it tests none.
 * Cannot see: a fault whose own confirmation is wrong; each fault kind has a test for that.
 */
export const faultsBitAndHealedChecker: Checker = {
  claim: 'faults-bit-and-healed',
  needsFault: true,
  aboutTime: false,
  statement: () => 'every planned fault bit, lasted as planned, and was healed',
  check(record) {
    const lives = new Map(faultLives(record.events).map((life) => [life.step, life]));
    const start = baselineStart(record.events);
    const steps = record.plan.timeline.map((step) => problemsOf(step, lives.get(step.id), start));
    const problems = steps.flat();
    const finding = decide({
      looked: { at: record.plan.timeline.length, what: 'planned faults' },
      measured: [
        {
          name: 'faults that bit and were healed',
          value: steps.filter((found) => found.length === 0).length,
          unit: 'count',
          bound: String(steps.length),
        },
      ],
      anomalies: [],
      doubts: problems.map(({ where, text }) => `${where} ${text}`),
      holds: `all ${steps.length} planned faults bit and were healed`,
    });
    return { ...finding, anomalies: problems };
  },
};

/** A hold may be this much shorter than planned: timers are not exact, and the heal starts it. */
const HOLD_MIN = 0.95;

function problemsOf(step: StepPlan, life: FaultLife | undefined, start: number | null): Anomaly[] {
  const problem = (code: string, text: string): Anomaly => ({ code, where: step.id, text });
  const what = `(${step.fault})`;
  if (life === undefined || start === null) {
    return [problem('FAULT_NOT_ENGAGED', `${what} was never engaged`)];
  }
  const { engage, confirm, heal, confirmHeal } = life;
  const acts = [
    [engage, 'FAULT_NOT_ENGAGED', 'could not be engaged'],
    [confirm, 'FAULT_NOT_OBSERVED', 'was not seen to have bitten'],
    [heal, 'FAULT_NOT_HEALED', 'could not be healed'],
    [confirmHeal, 'FAULT_NOT_HEALED', 'was not seen to be healed'],
  ] as const;
  for (const [act, code, text] of acts) {
    if (act === null) return [problem(code, `${what} ${text}: nothing was recorded`)];
    if (!act.took) return [problem(code, `${what} ${text}: ${act.seen}`)];
  }
  const problems: Anomaly[] = [];
  const late = (engage?.from ?? 0) - start - step.atMs;
  if (late > step.withinMs) {
    const limit = showSpan(ms(step.withinMs));
    const text = `${what} was triggered ${showSpan(ms(late))} late, at most ${limit} is planned`;
    problems.push(problem('FAULT_LATE', text));
  }
  const held = (heal?.from ?? 0) - (engage?.from ?? 0);
  if (held < step.holdMs * HOLD_MIN) {
    const planned = showSpan(ms(step.holdMs));
    const text = `${what} was held for ${showSpan(ms(held))}, ${planned} is planned`;
    problems.push(problem('FAULT_TOO_SHORT', text));
  }
  return problems;
}
