import type { Profile } from '../../record/plan.ts';

/** What a suite may say of a simulated log. */
export type SimlogSpec = {
  readonly brokers: number;
  /** Null: by the profile. */
  readonly sessionTimeoutMs: number | null;
  readonly heartbeatIntervalMs: number | null;
  /** Given back as the configuration of the brokers; nothing in the model reads it. */
  readonly config: Readonly<Record<string, string>>;
  /** Start of all chance in the model: latencies and start-up times. */
  readonly seed: string;
};

const BROKERS_MAX = 100;
const KEYS = ['brokers', 'sessionTimeoutMs', 'heartbeatIntervalMs', 'config', 'seed'];

/** Checks the part of a topology below `simlog`; tells every problem at once. */
export function parseSpec(
  topology: unknown,
): { readonly spec: SimlogSpec } | { readonly problems: readonly string[] } {
  if (!isObject(topology))
    return { problems: [`simlog: expected an object, got ${said(topology)}`] };
  const problems: string[] = Object.keys(topology)
    .filter((key) => !KEYS.includes(key))
    .map((key) => `simlog.${key}: no such key; expected one of ${KEYS.join(', ')}`);
  const given = topology as Readonly<Partial<Record<keyof SimlogSpec, unknown>>>;

  const whole = (key: keyof SimlogSpec, max: number, otherwise: number | null): number | null => {
    const value = given[key] ?? otherwise;
    if (value === null) return null;
    if (Number.isInteger(value) && Number(value) >= 1 && Number(value) <= max) return Number(value);
    problems.push(`simlog.${key}: expected a whole number from 1 to ${max}, got ${said(value)}`);
    return otherwise;
  };
  const brokers = whole('brokers', BROKERS_MAX, 3) as number;
  const sessionTimeoutMs = whole('sessionTimeoutMs', 3_600_000, null);
  const heartbeatIntervalMs = whole('heartbeatIntervalMs', 3_600_000, null);
  if ((heartbeatIntervalMs ?? 0) > (sessionTimeoutMs ?? Number.POSITIVE_INFINITY)) {
    problems.push(
      `simlog.heartbeatIntervalMs: expected at most sessionTimeoutMs ${sessionTimeoutMs}, ` +
        `got ${heartbeatIntervalMs}`,
    );
  }
  const config = given.config ?? {};
  if (!isObject(config)) problems.push(`simlog.config: expected an object, got ${said(config)}`);
  else {
    for (const [key, value] of Object.entries(config)) {
      if (typeof value !== 'string') {
        problems.push(`simlog.config["${key}"]: expected a string, got ${said(value)}`);
      }
    }
  }
  const seed = given.seed ?? 'simlog';
  if (typeof seed !== 'string') problems.push(`simlog.seed: expected a string, got ${said(seed)}`);
  if (problems.length > 0) return { problems };
  return {
    spec: {
      brokers,
      sessionTimeoutMs,
      heartbeatIntervalMs,
      config: config as SimlogSpec['config'],
      seed: seed as string,
    },
  };
}

/** How long a silent broker keeps its session, and how often a broker speaks up. */
export interface SessionTimings {
  readonly sessionMs: number;
  readonly heartbeatMs: number;
}

/** The timings in force: Kafka's defaults in production, shorter ones in the fast profile. */
export function timingsOf(spec: SimlogSpec, profile: Profile): SessionTimings {
  const sessionMs = spec.sessionTimeoutMs ?? (profile === 'fast' ? 3_000 : 9_000);
  const heartbeatMs = spec.heartbeatIntervalMs ?? (profile === 'fast' ? 500 : 2_000);
  return { sessionMs, heartbeatMs: Math.min(heartbeatMs, sessionMs) };
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const said = (value: unknown): string => {
  const kind = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
  return `${JSON.stringify(value) ?? String(value)} (${kind})`;
};
