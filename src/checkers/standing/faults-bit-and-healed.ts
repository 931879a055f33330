import { ms } from '../../core/time.ts';
import { showSpan } from '../../core/units.ts';
import type { RunEvent } from '../../record/events.ts';
import {
  type ChangeLife,
  changeLives,
  type FaultLife,
  faultLives,
  stepOverAt,
} from '../../record/fault-intervals.ts';
import type { ChangeStep, FaultStep, StepPlan } from '../../record/plan.ts';
import { baselineStart } from '../../record/windows.ts';
import type { Anomaly, Checker } from '../checker.ts';
import { decide } from '../finding.ts';

/**
 * Claim, of every run with a timeline: each planned fault was engaged in time, was seen to have
 * bitten, lasted as long as planned, was healed, and was seen to be healed; each planned change
 * began in time and was carried out.
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
    const faults = new Map(faultLives(record.events).map((life) => [life.step, life]));
    const changes = new Map(changeLives(record.events).map((life) => [life.step, life]));
    const { timeline } = record.plan;
    const steps = timeline.map((step) => {
      const due = dueOf(step, record.events);
      return step.kind === 'fault'
        ? faultProblems(step, faults.get(step.id), due)
        : changeProblems(step, changes.get(step.id), due);
    });
    const problems = steps.flat();
    const finding = decide({
      looked: { at: record.plan.timeline.length, what: 'planned steps' },
      measured: [
        {
          name: 'steps that took',
          value: steps.filter((found) => found.length === 0).length,
          unit: 'count',
          bound: String(steps.length),
        },
      ],
      anomalies: [],
      doubts: problems.map(({ where, text }) => `${where} ${text}`),
      holds: holdsOf(timeline),
    });
    return { ...finding, anomalies: problems };
  },
};

/** A hold may be this much shorter than planned: timers are not exact, and the heal starts it. */
const HOLD_MIN = 0.95;

function holdsOf(timeline: readonly StepPlan[]): string {
  const faults = timeline.filter(({ kind }) => kind === 'fault').length;
  const changes = timeline.length - faults;
  return [
    ...(faults > 0 ? [`all ${faults} planned faults bit and were healed`] : []),
    ...(changes > 0 ? [`all ${changes} planned changes were carried out`] : []),
  ].join(', ');
}

/** When a step was due: in the plan's time, or after the step before it was over. */
function dueOf(step: StepPlan, events: readonly RunEvent[]): number | null {
  const from = step.after === null ? baselineStart(events) : stepOverAt(events, step.after);
  return from === null ? null : from + step.atMs;
}

function changeProblems(
  step: ChangeStep,
  life: ChangeLife | undefined,
  due: number | null,
): Anomaly[] {
  const problem = (code: string, text: string): Anomaly => ({ code, where: step.id, text });
  const what = `(${step.change})`;
  if (life === undefined || due === null) {
    return [problem('CHANGE_NOT_BEGUN', `${what} was never begun`)];
  }
  const { begin, end } = life;
  if (end === null) return [problem('CHANGE_NOT_DONE', `${what} came to no end`)];
  if (!end.took) return [problem('CHANGE_NOT_DONE', `${what} was not carried out: ${end.seen}`)];
  return lateProblem(step, begin.t - due, problem);
}

function lateProblem(
  step: StepPlan,
  late: number,
  problem: (code: string, text: string) => Anomaly,
): Anomaly[] {
  if (late <= step.withinMs) return [];
  const what = `(${step.kind === 'fault' ? step.fault : step.change})`;
  const limit = showSpan(ms(step.withinMs));
  const text = `${what} was triggered ${showSpan(ms(late))} late, at most ${limit} is planned`;
  return [problem(step.kind === 'fault' ? 'FAULT_LATE' : 'CHANGE_LATE', text)];
}

function faultProblems(
  step: FaultStep,
  life: FaultLife | undefined,
  due: number | null,
): Anomaly[] {
  const problem = (code: string, text: string): Anomaly => ({ code, where: step.id, text });
  const what = `(${step.fault})`;
  if (life === undefined || due === null) {
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
  const problems = lateProblem(step, (engage?.from ?? 0) - due, problem);
  const held = (heal?.from ?? 0) - (engage?.from ?? 0);
  if (held < step.holdMs * HOLD_MIN) {
    const planned = showSpan(ms(step.holdMs));
    const text = `${what} was held for ${showSpan(ms(held))}, ${planned} is planned`;
    problems.push(problem('FAULT_TOO_SHORT', text));
  }
  return problems;
}
