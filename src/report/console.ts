import type { Verdict } from '../checkers/checker.ts';
import type { RunResult } from '../checkers/result.ts';
import type { ExitCode } from '../core/errors.ts';
import { ms } from '../core/time.ts';
import { showSpan } from '../core/units.ts';
import type { RunRecord } from '../record/run-record.ts';
import { type Paint, paintWith, wantsColour } from './colours.ts';
import { onOneLine } from './printable.ts';
import { quoted, shownPath } from './shown-path.ts';
import {
  capped,
  meaningOfExit,
  OUTCOME_WORDS,
  showMeasurement,
  showSystem,
  summarise,
  witnessesOf,
} from './words.ts';
import { wrap } from './wrap.ts';

/** Witnesses shown on a terminal; all of them are in verdict.json. */
const WITNESSES = 5;
const MEASUREMENTS = 6;

/** How and where the summary is shown. */
export interface ConsoleOptions {
  /** The run directory, absolute or relative to the working directory; shown relative to it. */
  readonly directory: string;
  /** Where it will be written: decides on colour and width. */
  readonly stream: { readonly isTTY?: boolean; readonly columns?: number };
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
}

/** The result of a run for a terminal, ready to be written; ends with a line feed. */
export function consoleSummary(
  record: RunRecord,
  result: RunResult,
  options: ConsoleOptions,
): string {
  const { stream, env = process.env } = options;
  const page: Page = {
    // Of a pipe the width is not known; 0 columns are what some pseudo-terminals say.
    width: Math.min(100, Math.max(40, stream.columns || 80)),
    paint: paintWith(wantsColour(stream, env)),
  };
  const standing = result.verdicts.filter((verdict) => verdict.standing);
  const compact = standing.length > 0 && standing.every(({ outcome }) => outcome === 'pass');
  const inFull = compact ? result.verdicts.filter((verdict) => !verdict.standing) : result.verdicts;
  const lines = [
    ...headLines(record, result, page),
    ...inFull.flatMap((verdict) => ['', ...verdictLines(verdict, page)]),
    ...(compact ? ['', ...standingLines(standing, page)] : []),
    ...troubleLines(result, page),
    '',
    ...endLines(result, options, page),
  ];
  return `${lines.join('\n')}\n`;
}

interface Page {
  readonly width: number;
  readonly paint: Paint;
}

function headLines(
  { events }: RunRecord,
  result: RunResult,
  { width, paint }: Page,
): readonly string[] {
  const facts = [
    result.environment,
    showSystem(result.system),
    `${result.profile} profile`,
    `seed ${result.seed}`,
    ...(result.control ? ['control run: without its faults'] : []),
  ];
  const paragraph = (text: string): readonly string[] =>
    wrap(onOneLine(text), { width, first: '' });
  return [
    '',
    ...paragraph(result.scenario.name).map(paint.strong),
    ...paragraph(result.scenario.claim),
    ...paragraph(facts.join(' · ')).map(paint.faint),
    ...paragraph(`run ${result.run} · ${showSpan(ms(events.at(-1)?.t ?? 0))}`).map(paint.faint),
  ];
}

function verdictLines(verdict: Verdict, page: Page): readonly string[] {
  const { shown, more } = capped(witnessesOf(verdict), WITNESSES);
  const measured = verdict.measured.slice(0, MEASUREMENTS).map(showMeasurement).join(' · ');
  const looked = `looked at: ${verdict.looked.at} ${verdict.looked.what}`;
  const inner = (text: string, first = '    '): readonly string[] =>
    wrap(onOneLine(text), { width: page.width, first });
  return [
    ...markedLines(verdict, `${verdict.claim}: ${verdict.statement}`, page),
    ...inner(verdict.because),
    ...inner(measured === '' ? looked : measured).map(page.paint.faint),
    ...shown.flatMap(({ code, where, text }) => inner(`${code} ${where}: ${text}`, '    - ')),
    ...(more > 0 ? inner(`… and ${more} more in verdict.json`, '    ') : []),
  ];
}

function markedLines(
  { outcome }: Pick<Verdict, 'outcome'>,
  text: string,
  { width, paint }: Page,
): readonly string[] {
  const label = `${OUTCOME_WORDS[outcome].mark} ${OUTCOME_WORDS[outcome].word}`;
  const [head = '', ...rest] = wrap(onOneLine(`${label} ${text}`), { width: width - 4, first: '' });
  return [
    paint.outcome(outcome, head.slice(0, label.length)) + head.slice(label.length),
    ...rest.map((line) => `    ${line}`),
  ];
}

const standingLines = (standing: readonly Verdict[], page: Page): readonly string[] =>
  markedLines(
    { outcome: 'pass' },
    `standing checks: ${standing.map(({ claim }) => claim).join(', ')}`,
    page,
  );

function troubleLines({ troubles, hostStarved }: RunResult, page: Page): readonly string[] {
  const all = [
    ...(hostStarved === null ? [] : [`The host was starved: ${hostStarved}`]),
    ...troubles.map((trouble) => `Trouble: ${trouble}`),
  ];
  return all.flatMap((text, index) => {
    const lines = wrap(onOneLine(text), { width: page.width, first: '! ' });
    return [
      ...(index === 0 ? [''] : []),
      ...lines.map((line) => page.paint.outcome('inconclusive', line)),
    ];
  });
}

function endLines(result: RunResult, options: ConsoleOptions, page: Page): readonly string[] {
  const directory = shownPath(options.directory, options.cwd);
  const { paint } = page;
  return [
    ...markedLines(result, `${showExit(result.exit)}: ${summarise(result.verdicts)}`, page),
    '',
    `${paint.faint('report')}  ${directory}/report.html`,
    `${paint.faint('again')}   npx highwater analyze ${quoted(directory)}`,
  ];
}

/** The first three codes say what the outcome's word says already. */
const showExit = (exit: ExitCode): string =>
  exit <= 2 ? `(exit ${exit})` : `(exit ${exit}, ${meaningOfExit(exit)})`;
