import type { FaultEvent, RunEvent } from './events.ts';
import type { StepId } from './names.ts';

/** One act with its time: `t` is when it was over, `from` when it began. */
export type FaultAct = FaultEvent & { readonly t: number };

/** The life of one step's fault, as far as the record tells; the last act of each kind counts. */
export interface FaultLife {
  readonly step: StepId;
  readonly engage: FaultAct | null;
  readonly confirm: FaultAct | null;
  readonly heal: FaultAct | null;
  readonly confirmHeal: FaultAct | null;
}

/** The lives of all faults in order of their first act. */
export function faultLives(events: readonly RunEvent[]): FaultLife[] {
  const acts = events.filter((event) => event.kind === 'fault');
  return [...new Set(acts.map(({ step }) => step))].map((step) => {
    const last = (act: FaultEvent['act']): FaultAct | null =>
      acts.findLast((event) => event.step === step && event.act === act) ?? null;
    return {
      step,
      engage: last('engage'),
      confirm: last('confirm'),
      heal: last('heal'),
      confirmHeal: last('confirm-heal'),
    };
  });
}

/** When the last heal was seen to have worked; null when one was not, or there was no fault. */
export function lastHealConfirmed(events: readonly RunEvent[]): number | null {
  const lives = faultLives(events);
  const times = lives.map(({ confirmHeal }) => (confirmHeal?.took ? confirmHeal.t : null));
  return times.length === 0 || times.includes(null) ? null : Math.max(...(times as number[]));
}
