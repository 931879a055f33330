import { HighwaterError } from '../core/errors.ts';
import type { JsonObject } from '../core/json.ts';
import { ms, type Span } from '../core/time.ts';
import type { WindowName } from '../record/events.ts';
import type { RunRecord } from '../record/run-record.ts';
import type { Anomaly, Finding, Measurement } from './checker.ts';

/**
 * How many witnesses of one finding are kept: a person checks a few by hand, the ledger has all.
 */
export const ANOMALIES_MAX = 20;

/** What a checker collected before it decides. */
export interface Collected {
  readonly looked: Finding['looked'];
  readonly measured: readonly Measurement[];
  /** Proven anomalies, each forbidden by the claim. */
  readonly anomalies: readonly Anomaly[];
  /** Why the claim cannot be told from this record, in words; empty when it can. */
  readonly doubts: readonly string[];
  /** What the finding says when there is neither. */
  readonly holds: string;
}

/** Fail when an anomaly is proven, else inconclusive when there is a doubt, else pass. */
export function decide({ looked, measured, anomalies, doubts, holds }: Collected): Finding {
  const rest = { measured, looked, anomalies: capped(anomalies) };
  if (anomalies.length > 0) {
    const more = anomalies.length > 1 ? ` (and ${anomalies.length - 1} more)` : '';
    const [first] = anomalies as readonly [Anomaly];
    return {
      outcome: 'fail',
      because: `${first.code} ${first.where}: ${first.text}${more}`,
      ...rest,
    };
  }
  if (doubts.length > 0) return { outcome: 'inconclusive', because: listed(doubts), ...rest };
  return { outcome: 'pass', because: holds, ...rest };
}

function capped(anomalies: readonly Anomaly[]): readonly Anomaly[] {
  if (anomalies.length <= ANOMALIES_MAX) return anomalies;
  const left = anomalies.slice(ANOMALIES_MAX);
  const codes = [...new Set(left.map(({ code }) => code))].join(', ');
  const rest = { code: 'MORE', where: codes, text: `${left.length} more are not listed` };
  return [...anomalies.slice(0, ANOMALIES_MAX), rest];
}

/** Joins reasons into one sentence, the first three in full. */
export const listed = (reasons: readonly string[]): string =>
  reasons.length <= 3
    ? reasons.join('; ')
    : `${reasons.slice(0, 3).join('; ')}; and ${reasons.length - 3} more`;

/** What the run said of a full disk of the environment, which breaks systems too; else null. */
export function fullDisk({ events }: Pick<RunRecord, 'events'>): string | null {
  const full = events.find((event) => event.kind === 'trouble' && event.code === 'DISK_FULL');
  return full?.kind === 'trouble' ? full.message : null;
}

/** A span among the parameters of a check; throws when it is not one. */
export function spanParam(params: JsonObject, key: string): Span {
  const value = params[key];
  if (typeof value !== 'number' || !Number.isFinite(value) || value < 0) {
    throw new HighwaterError(
      'SCENARIO_INVALID',
      `parameter ${key}: expected milliseconds from 0, got ${JSON.stringify(value) ?? 'nothing'}`,
    );
  }
  return ms(value);
}

/** A span among the parameters that may be left out; null when it was. */
export const optionalSpan = (params: JsonObject, key: string): Span | null =>
  params[key] === undefined ? null : spanParam(params, key);

/** A number above 0 among the parameters of a check; throws when it is not one. */
export function numberParam(params: JsonObject, key: string): number {
  const value = params[key];
  if (typeof value === 'number' && Number.isFinite(value) && value > 0) return value;
  const got = JSON.stringify(value) ?? 'nothing';
  throw new HighwaterError(
    'SCENARIO_INVALID',
    `parameter ${key}: expected more than 0, got ${got}`,
  );
}

/** A number from 0 among the parameters that may be left out; null when it was. */
export function optionalCount(params: JsonObject, key: string): number | null {
  const value = params[key];
  if (value === undefined) return null;
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return value;
  const got = JSON.stringify(value);
  throw new HighwaterError(
    'SCENARIO_INVALID',
    `parameter ${key}: expected a whole number from 0, got ${got}`,
  );
}

const WINDOWS: readonly string[] = ['baseline', 'disturb', 'recover'] satisfies WindowName[];

/** The windows that a check names in its parameter `during`; throws when there is none. */
export function windowsParam(params: JsonObject): readonly WindowName[] {
  const names = params['during'];
  if (Array.isArray(names) && names.length > 0 && names.every((name) => isWindow(name))) {
    return names as readonly WindowName[];
  }
  throw new HighwaterError(
    'SCENARIO_INVALID',
    `parameter during: expected windows (${WINDOWS.join(', ')}), got ${JSON.stringify(names) ?? 'nothing'}`,
  );
}

const isWindow = (name: unknown): boolean => typeof name === 'string' && WINDOWS.includes(name);
