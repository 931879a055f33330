import { resolve } from 'node:path';
import { HighwaterError, messageOf } from '../core/errors.ts';
import { freeDisk } from '../core/free-disk.ts';
import { bytes, mebibytes, showBytes } from '../core/units.ts';
import type { Shortfall } from '../environments/capabilities.ts';
import type { Environment } from '../environments/environment.ts';
import type { Planned } from './plan/plan.ts';

/** What a run writes at most while nothing goes wrong: its record, and the logs of its nodes. */
const RECORD_MAX = mebibytes(256);

/**
 * Looks whether a plan could run here and its record be written to `out`, and throws with
 * everything that is missing at once; starts nothing.
 */
export async function preflight(
  environment: Environment,
  { needs, out }: { readonly needs: Planned['needs']; readonly out: string },
  signal: AbortSignal,
): Promise<void> {
  const shortfalls = [
    ...(await environment.preflight(needs, signal)),
    ...(await recordShortfalls(resolve(out))),
  ];
  if (shortfalls.length === 0) return;
  const refused = shortfalls.some(({ kind }) => kind === 'refused');
  const problems = shortfalls.map(({ what, hint }) => `${what}; ${hint}`);
  throw new HighwaterError(
    refused ? 'PLAN_IMPOSSIBLE' : 'ENV_NOT_READY',
    `environment "${environment.name}" cannot run this: ${problems.join('; ')}`,
    { facts: { problems }, hint: 'nothing was started; `npx highwater doctor` looks at all of it' },
  );
}

async function recordShortfalls(out: string): Promise<readonly Shortfall[]> {
  const hint = 'free some space, or choose another place with --out';
  const notReady = (what: string): Shortfall => ({ what, hint, kind: 'not-ready' });
  try {
    const free = await freeDisk(out);
    if (free >= RECORD_MAX) return [];
    const needed = showBytes(RECORD_MAX);
    return [
      notReady(`${needed} of disk needed for the record in ${out}, ${showBytes(bytes(free))} free`),
    ];
  } catch (thrown) {
    return [notReady(`the record cannot be written to ${out}: ${messageOf(thrown)}`)];
  }
}
