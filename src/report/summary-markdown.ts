import type { Verdict } from '../checkers/checker.ts';
import type { RunResult } from '../checkers/result.ts';
import { onOneLine } from './printable.ts';
import {
  capped,
  meaningOfExit,
  OUTCOME_WORDS,
  showMeasurement,
  showSystem,
  summarise,
} from './words.ts';

/** Witnesses shown per claim; the whole file has to fit a pull-request comment of 64 KB. */
const WITNESSES = 10;
const TEXT_MAX = 400;

/** summary.md: for a CI job's summary, an issue or a comment. */
export function summaryMarkdown(result: RunResult): string {
  const { scenario, verdicts, troubles, hostStarved } = result;
  const facts = [
    `run \`${plain(result.run)}\``,
    `seed \`${plain(result.seed)}\``,
    safe(result.environment),
    safe(showSystem(result.system)),
    `${safe(result.profile)} profile`,
    ...(result.control ? ['control run: without its faults'] : []),
  ];
  const warnings = [
    ...(hostStarved === null ? [] : [`The host was starved: ${hostStarved}`]),
    ...troubles,
  ];
  return [
    `## ${labelOf(result)}: ${safe(scenario.name)}`,
    '',
    safe(scenario.claim),
    '',
    `${facts.join(' · ')}  `,
    `exit ${result.exit} (${meaningOfExit(result.exit)}); ${safe(summarise(verdicts))}`,
    '',
    ...(warnings.length === 0 ? [] : [...warnings.map((text) => `> ${safe(text)}  `), '']),
    ...(verdicts.length === 0 ? [] : tableOf(verdicts)),
    ...verdicts.filter(({ anomalies }) => anomalies.length > 0).flatMap(witnessesOf),
    'Judge it again, in the folder that holds the run directory: ' +
      `\`npx highwater analyze ${plain(result.run)}\``,
    '',
  ].join('\n');
}

const labelOf = ({ outcome }: { outcome: RunResult['outcome'] }): string =>
  `${OUTCOME_WORDS[outcome].mark} ${OUTCOME_WORDS[outcome].word}`;

function tableOf(verdicts: readonly Verdict[]): readonly string[] {
  return [
    '| verdict | claim | because | measured |',
    '| --- | --- | --- | --- |',
    ...verdicts.map((verdict) =>
      [
        '',
        labelOf(verdict),
        `\`${plain(verdict.claim)}\` ${safe(verdict.statement)}`,
        safe(verdict.because),
        verdict.measured.map((each) => safe(showMeasurement(each))).join('<br>'),
        '',
      ]
        .join(' | ')
        .trim(),
    ),
    '',
  ];
}

function witnessesOf({ claim, anomalies }: Verdict): readonly string[] {
  const { shown, more } = capped(anomalies, WITNESSES);
  return [
    `**Witnesses of ${safe(claim)}**`,
    '',
    ...shown.map(({ code, where, text }) => `- ${safe(code)} ${safe(where)}: ${safe(text)}`),
    ...(more > 0 ? [`- … and ${more} more in verdict.json`] : []),
    '',
  ];
}

/** One line, without markup: HTML, links, emphasis, tables and mentions stay text. */
const safe = (text: string): string =>
  cut(onOneLine(text))
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replace(/[\\`*_[\]|#~]/gu, (found) => `\\${found}`)
    .replace(/@(?=\w)/gu, '@\u200b');

/** What stands between backticks. */
const plain = (text: string): string => cut(onOneLine(text)).replace(/[`|]/gu, "'");

const cut = (text: string): string =>
  text.length > TEXT_MAX ? `${Array.from(text).slice(0, TEXT_MAX).join('')}…` : text;
