import type { Clock } from '../../core/clock.ts';
import { HighwaterError, isHighwaterError, messageOf } from '../../core/errors.ts';
import { isDiskFull } from '../../core/free-disk.ts';
import type { Progress } from '../../core/progress.ts';
import type { Scope } from '../../core/scope.ts';
import { ms } from '../../core/time.ts';
import { showSpan } from '../../core/units.ts';
import { untilAborted } from '../../core/until-aborted.ts';
import type { PhaseName, RunPlan } from '../../record/plan.ts';
import type { Recorder } from '../../record/recorder.ts';

/** What every phase of a run works with. */
export interface Stage {
  readonly plan: RunPlan;
  readonly clock: Clock;
  readonly recorder: Recorder;
  readonly progress: Progress;
  readonly scope: Scope;
}

/** Runs one phase under its own budget; the body's signal aborts when the budget is spent. */
export async function inPhase<T>(
  phase: PhaseName,
  stage: Stage,
  body: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const { clock, recorder, progress, scope } = stage;
  const limit = ms(stage.plan.budgetsMs[phase]);
  const over = new AbortController();
  const ended = new AbortController();
  recorder.event({ kind: 'phase', phase, state: 'begin' });
  progress.phase(phase, limit);
  const tooLong = new HighwaterError(
    'WAIT_TIMEOUT',
    `phase ${phase}: not over after ${showSpan(limit)}`,
    {
      facts: { phase, limitMs: limit },
      hint: `see the logs of the nodes, or give the phase more time with budgets: { '${phase}': … }`,
    },
  );
  const timer = clock.sleep(limit, ended.signal).then(
    () => over.abort(tooLong),
    () => {}, // The phase ended first, which is the normal case.
  );
  const signal = AbortSignal.any([scope.signal, over.signal]);
  try {
    return await untilAborted(body(signal), signal);
  } finally {
    ended.abort(new Error(`phase ${phase} ended`));
    await timer;
    recorder.event({ kind: 'phase', phase, state: 'end' });
    progress.phaseEnded(phase);
  }
}

/** Tells the record that a phase went wrong. */
export function recordTrouble(recorder: Recorder, phase: PhaseName, thrown: unknown): void {
  recorder.event({
    kind: 'trouble',
    phase,
    // Whoever writes meets a full disk; only some of them have a word for it.
    code: isHighwaterError(thrown) ? thrown.code : isDiskFull(thrown) ? 'DISK_FULL' : 'BUG',
    message: messageOf(thrown),
    hint: isHighwaterError(thrown) ? (thrown.hint ?? null) : null,
  });
}
