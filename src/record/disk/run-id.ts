import type { RunId } from '../names.ts';

const slug = (text: string, lengthMax: number): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, lengthMax)
    .replace(/^-+|-+$/g, '');

/**
 * Names a run: wall clock (UTC) to the second, scenario, seed, and the milliseconds of that clock,
 * so that two runs of one scenario with one seed that start together get two names. It sorts by
 * time and is at most 60 characters of `A–Z a–z 0–9 -`: a folder, a part of a topic's name, a
 * label.
 */
export function makeRunId(scenarioName: string, seed: string, wallClock: Date): RunId {
  const [day = '', time = ''] = wallClock.toISOString().split('T');
  const at = `${day}T${time.slice(0, 8).replaceAll(':', '')}`;
  const scenario = slug(scenarioName.split('/').at(-1) ?? '', 26) || 'run';
  const unique = wallClock.getUTCMilliseconds().toString(36).padStart(2, '0');
  return [at, scenario, slug(seed, 8) || '0', unique].join('-');
}

/** Whether a text can be a run's name: it becomes a folder below the reports and nothing else. */
export const isRunId = (text: string): boolean => /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(text);
