import { HighwaterError } from '../../core/errors.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import { ms } from '../../core/time.ts';
import { showCount, showSpan } from '../../core/units.ts';
import {
  type LagForm,
  type LagLook,
  type LagStretch,
  lagStretches,
} from '../../record/lag-states.ts';
import type { RunPlan } from '../../record/plan.ts';
import type { RunRecord } from '../../record/run-record.ts';
import { seriesOf } from '../../record/series.ts';

/** The end that lag is counted to, from the parameters of a check; throws when there is no such. */
export function lagFormParam(params: JsonObject): LagForm {
  const to = params['to'] ?? 'high-watermark';
  if (to === 'high-watermark') return 'lag';
  if (to === 'last-stable') return 'lag.stable';
  throw new HighwaterError(
    'SCENARIO_INVALID',
    `parameter to: expected high-watermark or last-stable, got ${JSON.stringify(to)}`,
  );
}

/** A commit that is this late is no longer one that is about to come, in ms. */
const STUCK_MIN = 5_000;
/** Commits come at an interval; several in a row must have been missed. */
const COMMITS_MISSED = 4;
/** The watch looks twice a second; nothing for this long is nobody looking, in ms. */
const BLIND_AFTER = 5_000;

/** How long a committed offset may stand still and a look may be away, for the group of a plan. */
export function lagPatience(plan: RunPlan): Pick<LagLook, 'stuckAfter' | 'blindAfter'> {
  const consumer = (plan.workload.params['consumer'] ?? {}) as { readonly [key: string]: Json };
  const interval = Number(consumer['commitIntervalMs'] ?? 0);
  return {
    stuckAfter: Math.max(STUCK_MIN, COMMITS_MISSED * (Number.isFinite(interval) ? interval : 0)),
    blindAfter: BLIND_AFTER,
  };
}

/** In words: whether the group is behind and moves, or is stuck, and since when. */
export function lagStateNow(
  record: RunRecord,
  look: Pick<LagLook, 'of' | 'form' | 'within'>,
): string {
  const stretches = lagStretches(record.samples, { ...look, ...lagPatience(record.plan) });
  const last = stretches.at(-1);
  return last === undefined ? 'blind' : showStretch(record, look.of, last);
}

/** A stretch in words: "stuck, its committed offset has not moved for 9 s". */
export function showStretch(record: RunRecord, of: string, stretch: LagStretch): string {
  const { state, from, to } = stretch;
  const open = seriesOf(record.samples, 'open-transactions', of)
    .filter(({ t }) => t >= from && t <= to)
    .at(-1)?.value;
  const inside =
    open === undefined || open === 0 ? '' : `, ${showCount(open)} of it in open transactions`;
  const span = showSpan(ms(to - from));
  switch (state) {
    case 'stuck':
      return `stuck: its committed offset has not moved for ${span}${inside}`;
    case 'behind':
      return `behind: its committed offset moves${inside}`;
    case 'blind':
      return `blind: nobody looked for ${span}`;
    case 'caught up':
      return `caught up for ${span}`;
  }
}
