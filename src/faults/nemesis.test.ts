import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mebibytes } from '../core/units.ts';
import type { RoleSpec } from '../environments/node.ts';
import type { FaultStep, StepPlan } from '../record/plan.ts';
import type { TargetRule } from '../record/targets.ts';
import { downAtOnce, footprintOf } from './limits.ts';
import { COMING_BACK_MS, type Harm, type NemesisInput, planNemesis } from './nemesis.ts';

const aRole = (role: string, count: number, votes: boolean): RoleSpec => ({
  role,
  count,
  countMax: count,
  ports: [],
  volumes: [],
  memory: mebibytes(1),
  votes,
});
const harm = (target: TargetRule, fault = 'down'): Harm => ({
  fault,
  target,
  other: null,
  params: {},
});
const ORDERS = { topic: 'orders', partition: 0 };

const inputOf = (more: Partial<NemesisInput> = {}): NemesisInput => ({
  from: [harm({ leaderOf: ORDERS }), harm({ role: 'broker', count: 'one' }, 'pause')],
  everyMs: 15_000,
  holdMs: 4_000,
  atMs: 5_000,
  untilMs: 100_000,
  seed: 'a',
  name: 'nemesis',
  withinMs: 10_000,
  roles: [aRole('controller', 3, true), aRole('broker', 3, false)],
  limits: {},
  beside: [],
  ...more,
});

const anyTarget: fc.Arbitrary<TargetRule> = fc.oneof(
  fc.constant<TargetRule>({ leaderOf: ORDERS }),
  fc.constant<TargetRule>({ followerOf: ORDERS }),
  fc.constant<TargetRule>({ leaderOf: 'controller' }),
  fc.constant<TargetRule>({ members: 'one' }),
  fc.record({
    role: fc.constantFrom('broker', 'controller'),
    count: fc.constantFrom(1, 2, 'one' as const, 'minority' as const, 'majority' as const),
  }),
  fc.constant<TargetRule>({ nodes: ['broker-2'] }),
);
const aStep = (target: TargetRule, atMs: number, id: string): FaultStep => ({
  kind: 'fault',
  id,
  atMs,
  after: null,
  withinMs: 10_000,
  holdMs: 6_000,
  ...harm(target),
});
const anyInput: fc.Arbitrary<NemesisInput> = fc
  .record({
    from: fc.array(anyTarget, { minLength: 1, maxLength: 5 }),
    beside: fc.array(fc.tuple(anyTarget, fc.integer({ min: 0, max: 90_000 })), { maxLength: 2 }),
    everyMs: fc.integer({ min: 500, max: 30_000 }),
    holdMs: fc.integer({ min: 500, max: 20_000 }),
    seed: fc.string(),
    downAtOnce: fc.record({ broker: fc.integer({ min: 0, max: 3 }) }, { requiredKeys: [] }),
  })
  .map(({ from, beside, everyMs, holdMs, seed, downAtOnce: limit }) =>
    inputOf({
      from: from.map((target) => harm(target)),
      beside: beside.map(([target, atMs], index) => aStep(target, atMs, `nemesis-${index + 1}`)),
      everyMs,
      holdMs,
      seed,
      limits: { downAtOnce: limit },
    }),
  );

/** Steps that hold something at that moment, coming back included. */
const heldAt = (steps: readonly StepPlan[], at: number): FaultStep[] =>
  steps.filter(
    (step): step is FaultStep =>
      step.kind === 'fault' && step.atMs <= at && at < step.atMs + step.holdMs + COMING_BACK_MS,
  );

describe('random harm', () => {
  it('never holds more nodes of a role than the limits allow, nor one node twice', () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const steps = planNemesis(input);
        for (const { atMs } of steps) {
          // Steps of a person may break the limits by themselves; chance adds nothing to that.
          const held = heldAt([...input.beside, ...steps], atMs);
          const prints = held.flatMap(({ target }) => footprintOf(target, input.roles));
          for (const role of input.roles) {
            const mine = prints.filter((each) => each.role === role.role);
            const added = heldAt(steps, atMs).some(({ target }) =>
              footprintOf(target, input.roles).some((each) => each.role === role.role),
            );
            if (!added) continue;
            const count = mine.reduce((sum, each) => sum + each.count, 0);
            expect(count).toBeLessThanOrEqual(downAtOnce(role, input.limits));
            const nodes = mine.flatMap((each) => each.nodes ?? []);
            expect(new Set(nodes).size).toBe(nodes.length);
            if (mine.length > 1) expect(mine.every((each) => each.nodes !== null)).toBe(true);
          }
        }
      }),
    );
  });

  it('is over in time, and every step has an id of its own', () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const steps = planNemesis(input);
        expect(steps.every(({ atMs }) => atMs >= input.atMs)).toBe(true);
        expect(steps.every(({ atMs, holdMs }) => atMs + holdMs <= input.untilMs)).toBe(true);
        const ids = [...input.beside, ...steps].map(({ id }) => id);
        expect(new Set(ids).size).toBe(ids.length);
      }),
    );
  });

  it('is the same for the same seed, and another for another', () => {
    expect(planNemesis(inputOf())).toEqual(planNemesis(inputOf()));
    const seeds = ['a', 'b', 'c', 'd'].map((seed) =>
      JSON.stringify(planNemesis(inputOf({ seed })).map(({ fault, target }) => [fault, target])),
    );
    expect(new Set(seeds).size).toBeGreaterThan(1);
  });

  it('names the nodes of a share, since it is decided beforehand', () => {
    const from = [harm({ role: 'broker', count: 'one' })];
    const targets = planNemesis(inputOf({ from })).map(({ target }) => target);
    expect(targets.length).toBeGreaterThan(3);
    for (const target of targets) {
      expect(target).toEqual({ nodes: [expect.stringMatching(/^broker-[123]$/)] });
    }
  });

  it('lets a tick pass when nothing fits', () => {
    const from = [harm({ role: 'controller', count: 'majority' })];
    expect(planNemesis(inputOf({ from }))).toEqual([]);
    const limits = { downAtOnce: { controller: 2 } };
    expect(planNemesis(inputOf({ from, limits })).length).toBeGreaterThan(3);
    // Four seconds held and ten to come back: every second tick of seven seconds passes.
    const steps = planNemesis(inputOf({ everyMs: 7_000 }));
    expect(steps.slice(0, 3).map(({ atMs }) => atMs)).toEqual([5_000, 19_000, 33_000]);
  });

  it('stays away from what a step after another one, or a planned change, may hold', () => {
    const later = { ...aStep({ leaderOf: ORDERS }, 0, 'later'), after: 'first' };
    expect(planNemesis(inputOf({ beside: [later] }))).toEqual([]);
    const change: StepPlan = {
      kind: 'change',
      id: 'rolling',
      change: 'rolling-restart',
      params: {},
      atMs: 20_000,
      after: null,
      withinMs: 10_000,
      limitMs: 60_000,
    };
    const times = planNemesis(inputOf({ beside: [change] })).map(({ atMs }) => atMs);
    expect(times).toEqual([5_000, 80_000, 95_000]);
  });

  it('wipes nothing while anything else is held', () => {
    const wipe = { ...harm({ followerOf: ORDERS }), params: { wipe: { ...ORDERS } } };
    const beside = [aStep({ leaderOf: 'controller' }, 0, 'first')];
    const steps = planNemesis(inputOf({ from: [wipe], beside, atMs: 0 }));
    expect(steps[0]?.atMs).toBe(30_000);
  });
});
