import type { JsonObject } from '../../core/json.ts';
import type { Span } from '../../core/time.ts';
import type { Bytes } from '../../core/units.ts';
import type { TargetRule } from '../../record/targets.ts';
import type { FaultRef } from './scenario.ts';

/**
 * Who is at the far end of the links of a target: all other nodes, the load clients, both, or those
 * that a rule means.
 */
export type FarEnd = 'peers' | 'clients' | 'everybody' | TargetRule;

const withFar = (far: FarEnd, params: JsonObject = {}): Pick<FaultRef, 'other' | 'params'> =>
  typeof far === 'string'
    ? { params: { ...params, far } }
    : { other: far, params: { ...params, far: 'peers' } };

/**
 * What `from` sends to `to` does not arrive, on any connection of theirs; with `both` neither does
 * what comes back. Connections stay open, new ones hang.
 */
export const cut = (
  from: TargetRule,
  to: TargetRule,
  options: { readonly both?: boolean } = {},
): FaultRef => ({
  fault: 'cut',
  target: from,
  other: to,
  params: { both: options.both ?? false },
});

/** Nothing goes between the target and all other nodes, or the load clients, or both. */
export const isolate = (
  target: TargetRule,
  options: { readonly from?: Extract<FarEnd, string> } = {},
): FaultRef => ({ fault: 'isolate', target, params: { far: options.from ?? 'peers' } });

type Groups = readonly (readonly string[])[];

/**
 * Groups of nodes hear nothing of one another: lists of ids (`split(['broker-1'], ['broker-2',
 * 'controller-1'])`; who is in none keeps its links), or a target and the rest
 * (`split(role('broker', 'minority'))`). Load clients reach everybody.
 */
export function split(...groups: Groups): FaultRef;
export function split(target: TargetRule): FaultRef;
export function split(...given: Groups | [TargetRule]): FaultRef {
  if (isRule(given)) return { fault: 'split', target: given[0], params: {} };
  return {
    fault: 'split',
    target: { nodes: given.flat() },
    params: { groups: given.map((group) => [...group]) },
  };
}

const isRule = (given: Groups | [TargetRule]): given is [TargetRule] =>
  given.length === 1 && !Array.isArray(given[0]);

/** The other nodes fall into two sides that hear of each other only through the target. */
export const bridge = (
  target: TargetRule,
  options: { readonly between?: readonly [readonly string[], readonly string[]] } = {},
): FaultRef => ({
  fault: 'bridge',
  target,
  params: options.between === undefined ? {} : { groups: options.between.map((side) => [...side]) },
});

/**
 * Every byte between the target and the far end arrives later by the delay, in each direction, and
 * no more get through than `bandwidth` a second. The order is kept.
 */
export const slow = (
  target: TargetRule,
  how: {
    readonly to?: FarEnd;
    readonly delay?: Span;
    readonly jitter?: Span;
    /** A second, of each direction of each pair. */
    readonly bandwidth?: Bytes;
  },
): FaultRef => ({
  fault: 'slow',
  target,
  ...withFar(how.to ?? 'peers', {
    ...(how.delay === undefined ? {} : { delayMs: how.delay }),
    ...(how.jitter === undefined ? {} : { jitterMs: how.jitter }),
    ...(how.bandwidth === undefined ? {} : { bytesPerSecond: how.bandwidth }),
  }),
});

/** Every connection between the target and the far end is reset once. */
export const resetLinks = (
  target: TargetRule,
  options: { readonly to?: FarEnd } = {},
): FaultRef => ({ fault: 'reset', target, ...withFar(options.to ?? 'peers') });

/** New connections between the target and the far end hang, those that are open go on. */
export const blackhole = (
  target: TargetRule,
  options: { readonly to?: FarEnd } = {},
): FaultRef => ({ fault: 'blackhole', target, ...withFar(options.to ?? 'peers') });
