import { describe, expect, it } from 'vitest';
import { exampleRun } from './example/example-run.ts';
import { junitXml } from './junit-xml.ts';

describe('junitXml', () => {
  it('makes a suite of the scenario and a case of each claim', () => {
    const { record, result } = exampleRun('fail');
    const xml = junitXml(record, result);
    expect(xml.split('\n').slice(0, 16).join('\n')).toMatchInlineSnapshot(`
      "<?xml version="1.0" encoding="UTF-8"?>
      <testsuites name="highwater" tests="7" failures="1" errors="0" skipped="0" time="77.900">
        <testsuite name="the leader of a partition goes down under steady load" tests="7" failures="1" errors="0" skipped="0" time="77.900" timestamp="2026-05-04T03:12:00.000Z">
          <properties>
            <property name="run" value="2026-05-04T0312-leader-down-1f3a"/>
            <property name="seed" value="1f3a"/>
            <property name="environment" value="local"/>
            <property name="system" value="kafka 4.3.1"/>
            <property name="profile" value="fast"/>
            <property name="control" value="false"/>
            <property name="exit" value="1"/>
          </properties>
          <testcase name="no-loss: no acknowledged record is lost" classname="failover/leader-down" time="0">
            <failure message="64 of 117 312 acknowledged records are in no replica of their partition" type="LOST">64 of 117 312 acknowledged records are in no replica of their partition
      LOST orders-0: sequence numbers 5520–5523 of session p0 were acknowledged and are absent from the segments of all three replicas
      LOST orders-3: sequence numbers 5560–5563 of session p0 were acknowledged and are absent from the segments of all three replicas"
    `);
    expect(xml.match(/<testcase /gu)).toHaveLength(result.verdicts.length);
  });

  it('makes a failure of a broken claim, with its witnesses capped', () => {
    const { record, result } = exampleRun('fail');
    const [first, ...others] = result.verdicts;
    if (first === undefined) throw new Error('the example has no verdict');
    const anomalies = [...Array(30).keys()].map((index) => ({
      code: 'LOST',
      where: 'orders-0',
      text: `sequence ${index}`,
    }));
    const xml = junitXml(record, { ...result, verdicts: [{ ...first, anomalies }, ...others] });
    expect(xml).toContain('type="LOST"');
    expect(xml).toContain('LOST orders-0: sequence 19\n… and 10 more in verdict.json</failure>');
  });

  it('makes an error of an inconclusive claim', () => {
    const { record, result } = exampleRun('inconclusive');
    const xml = junitXml(record, result);
    expect(xml).toMatch(/<error message="the host was starved: [^"]*" type="INCONCLUSIVE">/u);
    expect(xml).toContain('tests="7" failures="0" errors="1"');
  });

  it('never looks green when a run ended before any claim was judged', () => {
    const { record, result } = exampleRun('inconclusive');
    const xml = junitXml(record, {
      ...result,
      verdicts: [],
      exit: 3,
      troubles: ['ready: broker-2 not ready after 60 s'],
    });
    expect(xml).toContain('tests="1" failures="0" errors="1"');
    expect(xml).toContain('no claim was judged; ready: broker-2 not ready after 60 s');
  });

  it('escapes markup, line feeds in attributes and what XML cannot write', () => {
    const { record, result } = exampleRun('fail');
    const [first, ...others] = result.verdicts;
    if (first === undefined) throw new Error('the example has no verdict');
    const verdict = { ...first, because: 'a <b> & "c"\n]]>\u0000\ud800' };
    const xml = junitXml(record, { ...result, verdicts: [verdict, ...others] });
    expect(xml).toContain('message="a &lt;b&gt; &amp; &quot;c&quot;&#10;]]&gt;\\u0000\\ud800"');
    expect(xml).not.toMatch(/[\u0000\ud800]/u);
  });
});
