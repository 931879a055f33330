import { columns } from '../../src/cli/columns.ts';
import { worstOf } from '../../src/cli/worst-of.ts';
import { EXIT, type ExitCode } from '../../src/core/errors.ts';
import { ms } from '../../src/core/time.ts';
import { showSpan } from '../../src/core/units.ts';

/** One run of one scenario. */
export interface Ran {
  readonly suite: string;
  readonly name: string;
  /** From 1. */
  readonly turn: number;
  readonly exit: ExitCode;
  readonly tookMs: number;
  /** Why it was refused or did not start, as it said itself. */
  readonly reason: string;
  /** The run directory; null when there is none. */
  readonly directory: string | null;
}

const WORDS: Readonly<Record<ExitCode, string>> = {
  [EXIT.holds]: 'holds',
  [EXIT.broken]: 'BROKEN',
  [EXIT.inconclusive]: 'INCONCLUSIVE',
  [EXIT.notReady]: 'NOT READY',
  [EXIT.refused]: 'refused',
  [EXIT.bug]: 'BUG',
  [EXIT.interrupted]: 'interrupted',
};
/** An outcome in a word. */
export const wordOf = (exit: ExitCode): string => WORDS[exit];

/** What a process ended with, as one of our codes: anything else is a bug of ours. */
export function exitOf(code: number | null): ExitCode {
  const known = Object.values(EXIT).find((exit) => exit === code);
  return known ?? EXIT.bug;
}

/**
 * The exit code of all. Refused scenarios are left out where they may be refused; where nothing
 * else was run, nothing was shown.
 */
export function exitOfAll(runs: readonly Ran[], refusedOk: boolean): ExitCode {
  const counted = refusedOk ? runs.filter(({ exit }) => exit !== EXIT.refused) : runs;
  return worstOf(counted.map(({ exit }) => exit));
}

/** One line a scenario with each of its runs; the reasons below. */
export function tableOf(runs: readonly Ran[]): string {
  const rows = scenariosOf(runs).map(({ suite, name, own }) => [suite, cellsOf(own), name]);
  return `${columns(rows)}${[...reasonsOf(runs), '', countsOf(runs)].join('\n')}\n`;
}

/** The same for a pull request or the summary of a CI job. */
export function markdownOf(runs: readonly Ran[], title: string): string {
  const safe = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
  const rows = scenariosOf(runs).map(
    ({ suite, name, own }) => `| ${safe(suite)} | ${safe(name)} | ${cellsOf(own)} |`,
  );
  const reasons = reasonsOf(runs).map((line) => `* ${safe(line)}`);
  const head = [`## ${title}`, '', countsOf(runs), '', '| suite | scenario | outcome |'];
  return `${[...head, '| --- | --- | --- |', ...rows, '', ...reasons].join('\n')}\n`;
}

interface Scenario {
  readonly suite: string;
  readonly name: string;
  readonly own: readonly Ran[];
}

function scenariosOf(runs: readonly Ran[]): readonly Scenario[] {
  const found = new Map<string, Ran[]>();
  for (const run of runs) {
    const key = `${run.suite}\n${run.name}`;
    found.set(key, [...(found.get(key) ?? []), run]);
  }
  return [...found.values()].map((own) => {
    const { suite = '', name = '' } = own[0] ?? {};
    return { suite, name, own };
  });
}

const cellsOf = (runs: readonly Ran[]): string =>
  runs.map(({ exit, tookMs }) => `${wordOf(exit)} ${showSpan(ms(tookMs))}`).join(', ');

const reasonsOf = (runs: readonly Ran[]): string[] => [
  ...new Set(
    runs
      .filter(({ reason }) => reason !== '')
      .map(({ suite, name, exit, reason }) => `${wordOf(exit)}: ${suite}, ${name}: ${reason}`),
  ),
];

function countsOf(runs: readonly Ran[]): string {
  const counts = new Map<string, number>();
  for (const { exit } of runs) counts.set(wordOf(exit), (counts.get(wordOf(exit)) ?? 0) + 1);
  return [...counts].map(([word, count]) => `${count} ${word}`).join(', ') || 'nothing was run';
}

/** The last error that a run told, in one line: its problems where it lists some, no hints. */
export function reasonOf(said: string): string {
  const at = said.lastIndexOf('highwater: ');
  const [first = '', ...rest] = said.slice(Math.max(at, 0)).split('\n');
  const problems = rest.filter((line) => line.startsWith('  - ')).map((line) => line.slice(4));
  return problems.length > 0 ? problems.join('; ') : first.replace(/^highwater: /, '').trim();
}
