import { describe, expect, it } from 'vitest';
import type { RunRecord } from '../../record/run-record.ts';
import { exampleRun } from '../example/example-run.ts';
import type { Chart, LaneChart, LineChart } from './chart.ts';
import { chartPage } from './chart-page.ts';

const { record } = exampleRun('pass');

function chartOf<Kind extends Chart['kind']>(id: string, from: RunRecord = record) {
  const found = chartPage(from).charts.find((chart) => chart.id === id);
  if (found === undefined) throw new Error(`no chart ${id}`);
  return found as Kind extends 'lines' ? LineChart : LaneChart;
}

const lineOf = (chart: LineChart, label: string) => {
  const line = chart.series.find((each) => each.label === label);
  if (line === undefined) throw new Error(`no line ${label}`);
  return line.values.filter((value) => value !== null);
};

describe('chartPage', () => {
  it('shades the warm-up and the time from engaging a fault to its heal', () => {
    expect(chartPage(record).bands).toEqual([
      { kind: 'warm-up', from: 8.2, to: 13.2, label: 'warm-up, recorded and not judged' },
      { kind: 'fault', from: 33.208, to: 48.92, label: 'fault-1: down broker-1' },
    ]);
  });

  it('shades a planned change from its begin to its end', () => {
    const change = { kind: 'change', step: 'roll', change: 'rolling-restart', nodes: [] } as const;
    const events = [
      ...record.events,
      { ...change, t: 20_000, act: 'begin', took: true, seen: '' },
      { ...change, t: 25_000, act: 'end', took: true, seen: '' },
    ] as const;
    expect(chartPage({ ...record, events }).bands).toContainEqual({
      kind: 'change',
      from: 20,
      to: 25,
      label: 'roll: rolling-restart',
    });
  });

  it('says of a fault that nobody saw it bite, and shades one that was not healed to the end', () => {
    const events = record.events
      .filter((event) => event.kind !== 'fault' || !event.act.includes('heal'))
      .map((event) =>
        event.kind === 'fault' && event.act === 'confirm' ? { ...event, took: false } : event,
      );
    expect(chartPage({ ...record, events }).bands.at(-1)).toEqual({
      kind: 'fault',
      from: 33.208,
      to: 73.2,
      label: 'fault-1: down broker-1 (not seen to bite) (not healed)',
    });
  });

  it('gives every chart the same ends, and every line a value for each point', () => {
    const page = chartPage(record);
    for (const chart of page.charts) {
      expect([chart.x.at(0), chart.x.at(-1)]).toEqual([page.from, page.to]);
      if (chart.kind === 'lines') {
        for (const line of chart.series) expect(line.values).toHaveLength(chart.x.length);
      }
    }
  });

  it('draws what was planned beside what was attempted and what came of it', () => {
    const rate = chartOf<'lines'>('rate');
    expect(rate.series.map(({ label }) => label)).toEqual([
      'planned',
      'attempted',
      'acknowledged',
      'unknown',
      'dropped',
      'consumed',
    ]);
    expect(new Set(lineOf(rate, 'planned'))).toEqual(new Set([2_000]));
    expect(Math.min(...lineOf(rate, 'acknowledged'))).toBeLessThan(1_400);
    expect(Math.max(...lineOf(rate, 'unknown'))).toBeGreaterThan(300);
  });

  it('keeps the partitions with the largest lag and one line for the others', () => {
    const lag = chartOf<'lines'>('lag', exampleRun('pass', { partitions: 12 }).record);
    const labels = lag.series.map(({ label }) => label);
    expect(labels).toHaveLength(9);
    expect(labels).toEqual(expect.arrayContaining(['orders-0', 'orders-9', 'largest other']));
    expect(lag.note).toContain('the largest of the 4 others is one line');
  });

  it('shows who leads a partition, when its replicas are fewer, and its outage', () => {
    const lanes = chartOf<'lanes'>('lanes');
    expect(lanes.lanes.find(({ label }) => label === 'orders-0')).toEqual({
      label: 'orders-0',
      outages: [{ from: 33.211, to: 37.18 }],
      spans: [
        { from: 8.2, to: 36.48, text: 'broker-1, epoch 0, in sync 3 of 3', colour: 'cat1' },
        {
          from: 36.48,
          to: 50.52,
          text: 'broker-2, epoch 1, in sync 2 of 3',
          colour: 'cat2',
          reduced: true,
        },
        { from: 50.52, to: 73.2, text: 'broker-2, epoch 1, in sync 3 of 3', colour: 'cat2' },
      ],
    });
    expect(lanes.lanes.find(({ label }) => label === 'broker-1')?.spans).toEqual([
      { from: 8.2, to: 33.232, text: 'up', colour: 'up' },
      { from: 33.232, to: 48.92, text: 'down', colour: 'down' },
      { from: 48.92, to: 73.2, text: 'up', colour: 'up' },
    ]);
  });

  it('says how many quiet partitions have no lane', () => {
    const lanes = chartOf<'lanes'>('lanes', exampleRun('pass', { partitions: 40 }).record);
    expect(lanes.lanes).toHaveLength(24);
    expect(lanes.note).toContain('20 more partitions are not shown');
  });

  it('draws nothing, and does not fail, for a record that broke off before the load', () => {
    const page = chartPage({ ...record, events: record.events.slice(0, 4), samples: [] });
    expect(page.bands).toEqual([]);
    expect(page.to).toBeGreaterThan(page.from);
  });
});
