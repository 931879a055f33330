import type { Json } from '../core/json.ts';

/**
 * A load as somebody declares it before there is one. All numbers are in base units: records a
 * second, bytes, seconds, cores. Null: not declared, and what needs it is not computed.
 */
export interface Declared {
  /** Records a second that come in. */
  readonly rate: number;
  readonly recordBytes: number;
  /** How long records are kept, in seconds. */
  readonly retention: number | null;
  /** How large a partition may become, on one broker. */
  readonly partitionBytes: number | null;
  /** Records a second that one partition is said to take. */
  readonly partitionRate: number | null;
  /** Records a second that one consumer is said to handle. */
  readonly consumerRate: number | null;
  readonly replication: number;
  /** Instances of what reads, and what one of them needs and may take at most. */
  readonly applications: number | null;
  readonly cpu: number | null;
  readonly cpuMax: number | null;
  readonly memory: number | null;
  readonly memoryMax: number | null;
  /** Seconds within which 99 of 100 records are to be acknowledged. */
  readonly latency: number | null;
}

type Kind = 'count' | 'bytes' | 'seconds' | 'number';

/** What can be declared, and in which unit. */
export const DECLARABLE: Readonly<Record<keyof Declared, Kind>> = {
  rate: 'number',
  recordBytes: 'bytes',
  retention: 'seconds',
  partitionBytes: 'bytes',
  partitionRate: 'number',
  consumerRate: 'number',
  replication: 'count',
  applications: 'count',
  cpu: 'number',
  cpuMax: 'number',
  memory: 'bytes',
  memoryMax: 'bytes',
  latency: 'seconds',
};

const UNITS: Readonly<Record<Kind, Readonly<Record<string, number>>>> = {
  count: { '': 1 },
  number: { '': 1 },
  bytes: { '': 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3, TiB: 1024 ** 4 },
  seconds: { ms: 0.001, s: 1, m: 60, h: 3_600, d: 86_400 },
};
const EXPECTED: Readonly<Record<Kind, string>> = {
  count: 'a whole number above 0',
  number: 'a number above 0',
  bytes: 'a size above 0, as 1024 or 512MiB',
  seconds: 'a length of time, as 20ms, 10s, 12h or 7d',
};

/** Reads what was declared, with every problem at once. Pure. */
export function parseDeclared(
  given: Readonly<Record<string, Json>>,
): { readonly declared: Declared } | { readonly problems: readonly string[] } {
  const keys = Object.keys(DECLARABLE) as (keyof Declared)[];
  const found = new Map<string, number>();
  const problems = Object.keys(given)
    .filter((key) => !(key in DECLARABLE))
    .map((key) => `${key}: nothing that can be declared (${keys.join(', ')})`);
  for (const key of keys) {
    const value = given[key];
    if (value === undefined) continue;
    const size = sizeOf(value, DECLARABLE[key]);
    if (size === null) {
      problems.push(`${key}: expected ${EXPECTED[DECLARABLE[key]]}, got ${JSON.stringify(value)}`);
    } else found.set(key, size);
  }
  for (const key of ['rate', 'recordBytes']) {
    if (!(key in given)) problems.push(`${key}: has to be declared`);
  }
  if (problems.length > 0) return { problems };
  const all = Object.fromEntries(keys.map((key) => [key, found.get(key) ?? null]));
  return { declared: { ...all, replication: found.get('replication') ?? 1 } as Declared };
}

function sizeOf(value: Json, kind: Kind): number | null {
  const [, digits = '', unit = ''] = /^(\d+(?:\.\d+)?)([A-Za-z]*)$/.exec(textOf(value)) ?? [];
  const factor = UNITS[kind][unit];
  if (digits === '' || factor === undefined) return null;
  const size = Number(digits) * factor;
  return size > 0 && (kind !== 'count' || Number.isInteger(size)) ? size : null;
}

const textOf = (value: Json): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : '';
