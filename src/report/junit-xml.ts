import type { Verdict } from '../checkers/checker.ts';
import type { RunResult } from '../checkers/result.ts';
import type { RunEvent } from '../record/events.ts';
import type { RunRecord } from '../record/run-record.ts';
import { printable } from './printable.ts';
import { capped, showMeasurement, showSystem, summarise } from './words.ts';

/**
 * junit.xml, the dialect that CI servers agree on: one suite per scenario, one case per claim. A
 * broken claim is a `failure`, an inconclusive one an `error`, so that a server that shows only one
 * number still shows red for both. A run that did not pass without any claim to blame gets a case
 * of its own: a file without cases would look green.
 */
const WITNESSES = 20;

interface Case {
  readonly name: string;
  readonly verdict: Omit<Verdict, 'claim' | 'statement' | 'standing'>;
}

/** The result of one run as JUnit XML. */
export function junitXml(record: RunRecord, result: RunResult): string {
  const cases = casesOf(result);
  const count = (outcome: string): number =>
    cases.filter(({ verdict }) => verdict.outcome === outcome).length;
  const totals = attributes({
    tests: cases.length,
    failures: count('fail'),
    errors: count('inconclusive'),
    skipped: 0,
    time: durationOf(record.events).toFixed(3),
  });
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="highwater"${totals}>`,
    `  <testsuite${attributes({ name: result.scenario.name })}${totals}${timestampOf(record.events)}>`,
    '    <properties>',
    ...propertiesOf(result).map(
      ([name, value]) => `      <property${attributes({ name, value })}/>`,
    ),
    '    </properties>',
    ...cases.flatMap((each) => caseLines(each, result)),
    ...(result.troubles.length === 0
      ? []
      : [`    <system-err>${textOf(result.troubles.join('\n'))}</system-err>`]),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

function casesOf(result: RunResult): readonly Case[] {
  const cases = result.verdicts.map((verdict) => ({
    name: `${verdict.claim}: ${verdict.statement}`,
    verdict,
  }));
  const explained = result.verdicts.some(({ outcome }) => outcome !== 'pass');
  if (result.outcome === 'pass' || explained) return cases;
  const because = [summarise(result.verdicts), ...result.troubles].join('; ');
  const { outcome } = result;
  const looked = { at: 0, what: 'claims' };
  return [
    ...cases,
    { name: 'run', verdict: { outcome, because, looked, measured: [], anomalies: [] } },
  ];
}

function caseLines({ name, verdict }: Case, result: RunResult): readonly string[] {
  const element = { pass: undefined, fail: 'failure', inconclusive: 'error' }[verdict.outcome];
  const type =
    verdict.outcome === 'fail' ? (verdict.anomalies[0]?.code ?? 'BROKEN') : 'INCONCLUSIVE';
  const { shown, more } = capped(verdict.anomalies, WITNESSES);
  const body = [
    verdict.because,
    ...shown.map(({ code, where, text }) => `${code} ${where}: ${text}`),
    ...(more > 0 ? [`… and ${more} more in verdict.json`] : []),
  ].join('\n');
  const out = [
    ...verdict.measured.map(showMeasurement),
    `looked at: ${verdict.looked.at} ${verdict.looked.what}`,
  ].join('\n');
  const message = attributes({ message: verdict.because, type });
  return [
    `    <testcase${attributes({ name, classname: result.scenario.suite, time: '0' })}>`,
    ...(element === undefined ? [] : [`      <${element}${message}>${textOf(body)}</${element}>`]),
    `      <system-out>${textOf(out)}</system-out>`,
    '    </testcase>',
  ];
}

const propertiesOf = (result: RunResult): readonly (readonly [string, string])[] => [
  ['run', result.run],
  ['seed', result.seed],
  ['environment', result.environment],
  ['system', showSystem(result.system)],
  ['profile', result.profile],
  ['control', String(result.control)],
  ['exit', String(result.exit)],
];

/** Seconds from the origin to the last event; the phases' own times are in the history. */
const durationOf = (events: readonly RunEvent[]): number => (events.at(-1)?.t ?? 0) / 1_000;

function timestampOf(events: readonly RunEvent[]): string {
  const begin = events.find((event) => event.kind === 'begin');
  return begin === undefined ? '' : attributes({ timestamp: begin.anchor });
}

const attributes = (values: Readonly<Record<string, string | number>>): string =>
  Object.entries(values)
    .map(([name, value]) => ` ${name}="${attributeOf(String(value))}"`)
    .join('');

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

/** Escapes markup; characters that XML 1.0 has no way to write become visible escapes before. */
const textOf = (text: string): string =>
  printable(text).replace(/[&<>"]/gu, (found) => ENTITIES[found] as string);

// A line feed as it is would be read as a space in an attribute.
const attributeOf = (text: string): string => textOf(text).replaceAll('\n', '&#10;');
