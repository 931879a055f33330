import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { instant } from '../core/time.ts';
import type { StagePlan } from '../record/plan.ts';
import { scheduleOf } from './stages-to-schedule.ts';

const constant = (rate: number, forMs: number): StagePlan => ({
  fromRate: rate,
  toRate: rate,
  forMs,
});
const ramp = (fromRate: number, toRate: number, forMs: number): StagePlan => ({
  fromRate,
  toRate,
  forMs,
});
const pause = (forMs: number): StagePlan => constant(0, forMs);

const rate = fc.oneof(
  fc.constant(0),
  fc.integer({ min: 1, max: 5_000 }),
  fc.integer({ min: 1, max: 900_000 }).map((milli) => milli / 1_000),
);
const stage = fc.record({
  fromRate: rate,
  toRate: rate,
  forMs: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 20_000 })),
});
const stages = fc.array(
  fc.oneof(
    stage,
    fc.tuple(rate, fc.integer({ min: 1, max: 9_000 })).map(([r, f]) => constant(r, f)),
  ),
  {
    maxLength: 5,
  },
);

describe('scheduleOf', () => {
  it('spaces the slots of a constant rate evenly from the first moment on', () => {
    const schedule = scheduleOf([constant(2_000, 10_000)]);
    expect(schedule.slots).toBe(20_000);
    expect(schedule.ends).toBe(10_000);
    expect([0, 1, 2, 19_999].map(schedule.due)).toEqual([0, 0.5, 1, 9_999.5]);
  });

  it('counts a slot as due at its very moment and not before', () => {
    const schedule = scheduleOf([constant(2_000, 10_000)]);
    expect(schedule.dueBy(instant(-1))).toBe(0);
    expect(schedule.dueBy(instant(0))).toBe(1);
    expect(schedule.dueBy(instant(0.49))).toBe(1);
    expect(schedule.dueBy(instant(0.5))).toBe(2);
    expect(schedule.dueBy(instant(1e9))).toBe(20_000);
  });

  it('takes a decimal rate for what it says', () => {
    expect(scheduleOf([constant(0.1, 30_000)]).slots).toBe(3);
    expect(scheduleOf(Array.from({ length: 1_000 }, () => constant(0.1, 1_000))).slots).toBe(100);
  });

  it('follows a ramp from nothing', () => {
    const schedule = scheduleOf([ramp(0, 1_000, 2_000)]);
    expect(schedule.slots).toBe(1_000);
    expect(schedule.due(0)).toBe(0);
    expect(schedule.due(250)).toBeCloseTo(1_000, 9);
    expect(schedule.due(999)).toBeCloseTo(1_998.9997, 3);
  });

  it('follows a ramp down to nothing', () => {
    const schedule = scheduleOf([ramp(1_000, 0, 2_000)]);
    expect(schedule.slots).toBe(1_000);
    expect(schedule.due(750)).toBeCloseTo(1_000, 9);
    expect(schedule.due(999)).toBeLessThanOrEqual(2_000);
  });

  it('puts the slot that a pause would swallow at the end of the pause', () => {
    const schedule = scheduleOf([constant(10, 1_000), pause(5_000), constant(10, 1_000)]);
    expect(schedule.slots).toBe(20);
    expect(schedule.due(9)).toBe(900);
    expect(schedule.due(10)).toBe(6_000);
    expect(schedule.due(11)).toBe(6_100);
    expect(schedule.dueBy(instant(5_999))).toBe(10);
    expect(schedule.dueBy(instant(6_000))).toBe(11);
  });

  it('carries the fraction of a record over a change of rate', () => {
    const schedule = scheduleOf([constant(10, 550), constant(100, 1_000)]);
    expect(schedule.due(5)).toBe(500);
    expect(schedule.due(6)).toBeCloseTo(555, 9);
  });

  it('ends with its last stage even when that is a pause', () => {
    const schedule = scheduleOf([constant(10, 1_000), pause(5_000)]);
    expect(schedule.slots).toBe(10);
    expect(schedule.ends).toBe(6_000);
  });

  it('has no slot when nothing is planned', () => {
    expect(scheduleOf([]).slots).toBe(0);
    expect(scheduleOf([pause(1_000)]).dueBy(instant(500))).toBe(0);
  });

  it('refuses a rate below nothing', () => {
    expect(() => scheduleOf([constant(-1, 1_000)])).toThrow('a stage has fromRate -1');
  });

  it('has as many slots as the integral of the rate, to less than one record', () => {
    fc.assert(
      fc.property(stages, (plan) => {
        const area = plan.reduce(
          (sum, s) => sum + ((s.fromRate + s.toRate) / 2) * (s.forMs / 1_000),
          0,
        );
        const { slots } = scheduleOf(plan);
        expect(slots).toBeGreaterThanOrEqual(area - 1e-6);
        expect(slots).toBeLessThan(area + 1);
      }),
    );
  });

  it('never goes back in time, and counts each slot exactly from its due time on', () => {
    fc.assert(
      fc.property(stages, fc.double({ min: 0, max: 1, noNaN: true }), (plan, where) => {
        const schedule = scheduleOf(plan);
        if (schedule.slots === 0) return;
        const slot = Math.floor(where * (schedule.slots - 1));
        const due = schedule.due(slot);
        expect(due).toBeGreaterThanOrEqual(0);
        expect(due).toBeLessThanOrEqual(schedule.ends);
        expect(schedule.dueBy(due)).toBeGreaterThanOrEqual(slot + 1);
        if (slot > 0) expect(schedule.due(slot - 1)).toBeLessThanOrEqual(due);
        const before = instant(due - 1e-6);
        expect(schedule.dueBy(before)).toBeLessThanOrEqual(slot);
      }),
      { numRuns: 500 },
    );
  });

  it('counts by any moment exactly the slots whose due time has come', () => {
    fc.assert(
      fc.property(stages, fc.double({ min: 0, max: 1.1, noNaN: true }), (plan, where) => {
        const schedule = scheduleOf(plan);
        const at = instant(where * schedule.ends);
        const count = schedule.dueBy(at);
        if (count > 0) expect(schedule.due(count - 1)).toBeLessThanOrEqual(at);
        if (count < schedule.slots) expect(schedule.due(count)).toBeGreaterThan(at);
      }),
      { numRuns: 500 },
    );
  });
});

describe('share', () => {
  it('deals the slots out so that the parts are the whole', () => {
    fc.assert(
      fc.property(
        stages,
        fc.integer({ min: 1, max: 5 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (plan, of, where) => {
          const whole = scheduleOf(plan);
          const parts = Array.from({ length: of }, (_, part) => whole.share(part, of));
          const sum = (counts: readonly number[]): number => counts.reduce((a, b) => a + b, 0);
          expect(sum(parts.map((part) => part.slots))).toBe(whole.slots);
          const at = instant(where * whole.ends);
          expect(sum(parts.map((part) => part.dueBy(at)))).toBe(whole.dueBy(at));
          const slot = Math.floor(where * Math.max(0, whole.slots - 1));
          if (slot < whole.slots) {
            expect(parts[slot % of]?.due(Math.floor(slot / of))).toBe(whole.due(slot));
          }
        },
      ),
    );
  });

  it('can be shared again', () => {
    const quarter = scheduleOf([constant(1_000, 100)])
      .share(1, 2)
      .share(1, 2);
    expect(quarter.slots).toBe(25);
    expect([0, 1].map(quarter.due)).toEqual([3, 7]);
  });

  it('refuses a part that is not there', () => {
    expect(() => scheduleOf([constant(1, 1)]).share(2, 2)).toThrow('no part 2 of 2');
  });
});
