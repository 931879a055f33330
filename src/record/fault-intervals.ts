import type { ChangeEvent, FaultEvent, RunEvent } from './events.ts';
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

/** One act of a planned change with its time. */
export type ChangeAct = ChangeEvent & { readonly t: number };

/** A planned change from its begin to its end, as far as the record tells. */
export interface ChangeLife {
  readonly step: StepId;
  readonly change: string;
  readonly begin: ChangeAct;
  readonly end: ChangeAct | null;
}

/** All planned changes that began, in order. */
export function changeLives(events: readonly RunEvent[]): ChangeLife[] {
  const acts = events.filter((event) => event.kind === 'change') as readonly ChangeAct[];
  return acts
    .filter(({ act }) => act === 'begin')
    .map((begin) => {
      const { step, change } = begin;
      const end = acts.findLast((event) => event.step === step && event.act === 'end') ?? null;
      return { step, change, begin, end };
    });
}

/** The act with which each step is over: its heal seen to have worked, the end of its change. */
const lastActs = (
  events: readonly RunEvent[],
): { readonly step: StepId; readonly last: FaultAct | ChangeAct | null }[] => [
  ...faultLives(events).map(({ step, confirmHeal }) => ({ step, last: confirmHeal })),
  ...changeLives(events).map(({ step, end }) => ({ step, last: end })),
];

/** When a step was over, whether it took or not; null when it was not. */
export const stepOverAt = (events: readonly RunEvent[], of: StepId): number | null =>
  lastActs(events).find(({ step }) => step === of)?.last?.t ?? null;

/**
 * When everything that was done to the system was over and seen to be: every fault healed, every
 * planned change carried out. Null when one was not, or nothing was done.
 */
export function allOverAt(events: readonly RunEvent[]): number | null {
  const times = lastActs(events).map(({ last }) => (last?.took ? last.t : null));
  return times.length === 0 || times.includes(null) ? null : Math.max(...(times as number[]));
}

/** Whether anything was done to the system. */
export const wasDisturbed = (events: readonly RunEvent[]): boolean =>
  events.some(({ kind }) => kind === 'fault' || kind === 'change');
