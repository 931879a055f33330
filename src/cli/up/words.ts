import { HighwaterError } from '../../core/errors.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import { minutes, ms, type Span, seconds } from '../../core/time.ts';
import type { TopicPartition } from '../../record/names.ts';
import type { Office, Share, TargetRule } from '../../record/targets.ts';

/** What a person types on the command line for what a suite writes in TypeScript. All pure. */

const usage = (message: string, hint: string): HighwaterError =>
  new HighwaterError('USAGE', message, { hint });

/** Reads a length of time: `500ms`, `10s`, `1.5m`. */
export function spanOf(text: string, what: string): Span {
  const [, count, unit] = /^(\d+(?:\.\d+)?)(ms|s|m)$/.exec(text) ?? [];
  const size = Number(count);
  if (unit === undefined || !(size > 0)) {
    throw usage(`${what} "${text}": expected a length of time`, 'for example 500ms, 10s or 2m');
  }
  return unit === 'ms' ? ms(size) : unit === 's' ? seconds(size) : minutes(size);
}

/** Reads a number that has to be positive. */
export function countOf(text: string, what: string, whole = true): number {
  const value = Number(text);
  if (value > 0 && Number.isFinite(value) && (!whole || Number.isInteger(value))) return value;
  throw usage(`${what} "${text}": expected a ${whole ? 'whole ' : ''}number above 0`, '');
}

const TARGETS =
  'targets are nodes (broker-2 broker-3), leader-of:orders-0, follower-of:orders-0, ' +
  'last-in-sync-of:orders-0, leader-of:controller (or group, zookeeper, transaction:<id>), ' +
  'role:broker, role:broker:2, role:broker:minority';
const OFFICES: readonly string[] = ['controller', 'group', 'zookeeper'];
const SHARES: readonly string[] = ['one', 'minority', 'majority', 'all'];

/** Reads whom a fault means: node ids, or one rule. */
export function targetsOf(words: readonly string[]): TargetRule {
  const [first, ...rest] = words;
  if (first === undefined) throw usage('a fault needs a target', TARGETS);
  if (!first.includes(':')) {
    const odd = words.find((word) => !/^[a-z][\w-]*-\d+$/.test(word));
    if (odd !== undefined) throw usage(`target "${odd}": it is neither a node nor a rule`, TARGETS);
    return { nodes: words };
  }
  if (rest.length > 0) throw usage(`a rule stands alone: "${words.join(' ')}"`, TARGETS);
  const [how = '', ...of] = first.split(':');
  const rule = ruleOf(how, of);
  if (rule === undefined) throw usage(`target "${first}": no such rule`, TARGETS);
  return rule;
}

function ruleOf(how: string, [what = '', more]: readonly string[]): TargetRule | undefined {
  const partition = partitionOf(what);
  const holder = partition ?? officeOf(what, more);
  if (how === 'leader-of' && holder !== undefined) return { leaderOf: holder };
  if (how === 'follower-of' && holder !== undefined) return { followerOf: holder };
  if (how === 'last-in-sync-of' && partition !== undefined) return { lastInSyncOf: partition };
  if (how !== 'role' || what === '') return undefined;
  if (more === undefined) return { role: what };
  if (SHARES.includes(more)) return { role: what, count: more as Share };
  return { role: what, count: countOf(more, `target role:${what}`) };
}

function partitionOf(text: string): TopicPartition | undefined {
  const [, topic, partition] = /^(.+)-(\d+)$/.exec(text) ?? [];
  return topic === undefined ? undefined : { topic, partition: Number(partition) };
}

function officeOf(text: string, more: string | undefined): Office | undefined {
  if (text === 'transaction' && more !== undefined) return { transactionalId: more };
  return OFFICES.includes(text) ? (text as Office) : undefined;
}

/** Reads parameters, any number of `key=value`; a value is JSON where it is some, else text. */
export function paramsOf(settings: readonly string[]): JsonObject {
  const found: Record<string, Json> = {};
  for (const setting of settings) {
    const [, key, value] = /^([\w-]+)=(.*)$/s.exec(setting) ?? [];
    if (key === undefined || value === undefined) {
      throw usage(`--param "${setting}": expected <key>=<value>`, 'for example delayMs=200');
    }
    found[key] = jsonOr(value);
  }
  return found;
}

function jsonOr(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text; // It is no JSON, and is meant as it stands.
  }
}
