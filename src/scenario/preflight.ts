import { HighwaterError } from '../core/errors.ts';
import type { Environment } from '../environments/environment.ts';
import type { Planned } from './plan.ts';

/**
 * Looks whether a plan could run here, and throws with everything that is missing at once; starts
 * nothing.
 */
export async function preflight(
  environment: Environment,
  { needs }: Planned,
  signal: AbortSignal,
): Promise<void> {
  const shortfalls = await environment.preflight(needs, signal);
  if (shortfalls.length === 0) return;
  const refused = shortfalls.some(({ kind }) => kind === 'refused');
  const problems = shortfalls.map(({ what, hint }) => `${what}; ${hint}`);
  throw new HighwaterError(
    refused ? 'PLAN_IMPOSSIBLE' : 'ENV_NOT_READY',
    `environment "${environment.name}" cannot run this: ${problems.join('; ')}`,
    { facts: { problems }, hint: 'nothing was started; `npx highwater doctor` looks at all of it' },
  );
}
