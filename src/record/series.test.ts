import { describe, expect, it } from 'vitest';
import type { RunEvent } from './events.ts';
import { allOverAt, type FaultAct, faultLives } from './fault-intervals.ts';
import { countedOf, sumInside } from './series.ts';
import { baselineStart, intervalsOf, loadEnd, windowsOf } from './windows.ts';

describe('a counting series', () => {
  const rows = [1_000, 2_000, 3_000].map((t) => ({
    t,
    series: 'attempted' as const,
    of: 'orders-0',
    value: 10,
  }));

  it('covers from row to row, the first as long as the others', () => {
    expect(countedOf(rows, 'attempted').map(({ from, to }) => [from, to])).toEqual([
      [0, 1_000],
      [1_000, 2_000],
      [2_000, 3_000],
    ]);
  });

  it('counts a row that lies half inside by half', () => {
    const counted = countedOf(rows, 'attempted');
    expect(sumInside(counted, { from: 500, to: 2_000 })).toBe(15);
    expect(sumInside(counted, { from: 3_000, to: 9_000 })).toBe(0);
  });

  it('keeps subjects apart', () => {
    const other = { t: 1_500, series: 'attempted' as const, of: 'orders-1', value: 4 };
    const counted = countedOf([...rows, other], 'attempted');
    expect(counted.find(({ of }) => of === 'orders-1')).toMatchObject({ from: 500, to: 1_500 });
  });
});

describe('windows', () => {
  const at = (t: number, window: 'baseline' | 'disturb', state: 'begin' | 'end'): RunEvent => ({
    t,
    kind: 'window',
    window,
    state,
  });
  const events = [
    at(10, 'baseline', 'begin'),
    at(20, 'baseline', 'end'),
    at(20, 'disturb', 'begin'),
    at(30, 'disturb', 'end'),
    at(40, 'disturb', 'begin'),
  ];

  it('may come more than once, and an open one has no end', () => {
    expect(windowsOf(events).map(({ window, from, to }) => [window, from, to])).toEqual([
      ['baseline', 10, 20],
      ['disturb', 20, 30],
      ['disturb', 40, null],
    ]);
    expect(intervalsOf(events, 'disturb')).toEqual([{ from: 20, to: 30 }]);
    expect(baselineStart(events)).toBe(10);
  });

  it('tell when the load ended, or that it did not', () => {
    expect(loadEnd(events)).toBeNull();
    expect(loadEnd([...events, at(50, 'disturb', 'end')])).toBe(50);
    expect(loadEnd([])).toBeNull();
  });
});

describe('the lives of faults', () => {
  const act = (step: string, name: 'engage' | 'confirm-heal', t: number): FaultAct => ({
    t,
    kind: 'fault',
    step,
    fault: 'down',
    act: name,
    targets: [],
    from: t,
    took: true,
    seen: '',
    affected: [],
    mechanism: '',
  });

  it('hold the acts by step', () => {
    const [one, two] = faultLives([act('a', 'engage', 1), act('b', 'engage', 2)]);
    expect([one?.engage?.t, one?.confirm, two?.step]).toEqual([1, null, 'b']);
  });

  it('were all healed only when each heal was seen', () => {
    const engaged = [act('a', 'engage', 1), act('b', 'engage', 2)];
    const healedA = act('a', 'confirm-heal', 5);
    expect(allOverAt(engaged)).toBeNull();
    expect(allOverAt([...engaged, healedA])).toBeNull();
    expect(allOverAt([...engaged, healedA, act('b', 'confirm-heal', 9)])).toBe(9);
    const unhealed: RunEvent = { ...act('b', 'confirm-heal', 9), took: false };
    expect(allOverAt([...engaged, healedA, unhealed])).toBeNull();
  });
});
