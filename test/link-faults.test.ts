import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../src/core/json.ts';
import type { Links } from '../src/environments/links.ts';
import type { EngageInput, FaultKind } from '../src/faults/fault.ts';
import { blackhole } from '../src/faults/links/blackhole.ts';
import { bridge } from '../src/faults/links/bridge.ts';
import { cut } from '../src/faults/links/cut.ts';
import { isolate } from '../src/faults/links/isolate.ts';
import { resetLinks } from '../src/faults/links/reset-links.ts';
import { slow } from '../src/faults/links/slow.ts';
import { split } from '../src/faults/links/split.ts';
import { type ChattyNodes, chattyNodes } from './support/chatty-nodes.ts';

/**
 * Every link fault at the port: real links between small servers. Each is seen to bite and to be
 * healed; and when the links do nothing, or something goes around them, each says so.
 */
const { signal } = new AbortController();
let system: ChattyNodes;
beforeAll(async () => {
  system = await chattyNodes();
});
afterEach(() => system.healAll());
afterAll(() => system[Symbol.asyncDispose]());

const node = (id: string) => system.nodes.find((each) => each.id === id)!;

/** Each fault with its parameters; the target is broker-1, the other side broker-2. */
const FAULTS: readonly {
  readonly name: string;
  readonly kind: FaultKind;
  readonly params: JsonObject;
  readonly others?: string[];
}[] = [
  { name: 'cut, one direction', kind: cut, params: {}, others: ['broker-2'] },
  { name: 'cut, both directions', kind: cut, params: { both: true }, others: ['broker-2'] },
  { name: 'isolate from clients', kind: isolate, params: { far: 'clients' } },
  { name: 'isolate from everybody', kind: isolate, params: { far: 'everybody' } },
  { name: 'split, target and rest', kind: split, params: {} },
  {
    name: 'split, lists',
    kind: split,
    params: { groups: [['broker-1', 'broker-2'], ['broker-3']] },
  },
  { name: 'bridge', kind: bridge, params: {} },
  { name: 'slow, delayed', kind: slow, params: { far: 'everybody', delayMs: 60, jitterMs: 10 } },
  { name: 'slow, narrow', kind: slow, params: { far: 'peers', bytesPerSecond: 300 } },
  { name: 'reset', kind: resetLinks, params: { far: 'everybody' } },
  { name: 'blackhole', kind: blackhole, params: { far: 'everybody' } },
];

const inputOf = (params: JsonObject, others?: string[], links?: Links): EngageInput =>
  system.input(['broker-1'], {
    params,
    others: others?.map(node) ?? null,
    ...(links === undefined ? {} : { links }),
  });

describe.each(FAULTS)('$name', ({ kind, params, others }) => {
  it('bites, is healed, and can be healed again', async () => {
    expect(kind.problems(params)).toEqual([]);
    const engaged = await kind.engage(inputOf(params, others));
    const bitten = await engaged.confirm(signal);
    expect(bitten.took, bitten.seen).toBe(true);
    await engaged.heal(signal);
    await engaged.heal(signal);
    const healed = await engaged.confirmHeal(signal);
    expect(healed.took, healed.seen).toBe(true);
  });

  it('is seen not to have bitten when the links do nothing', async () => {
    const deaf: Links = { ...system.links, set: async () => {}, reset: async () => 7 };
    const engaged = await kind.engage(inputOf(params, others, deaf));
    const took = await engaged.confirm(signal).then(
      (effect) => effect.took,
      () => false,
    );
    expect(took).toBe(false);
  });
});

describe('a cut that is not whole', () => {
  const cutBoth = (links?: Links) =>
    cut.engage(inputOf({ both: true }, ['broker-2', 'broker-3'], links));

  it('is seen when one pair of several is not cut', async () => {
    const { links } = system;
    const engaged = await cutBoth({
      ...links,
      set: async (from, to, change) => {
        if (![from, to].includes('broker-3')) await links.set(from, to, change);
      },
    });
    const { took, seen } = await engaged.confirm(signal);
    expect(took).toBe(false);
    expect(seen).toMatch(/round trip broker-1→broker-3:peer is answered; .*bytes still pass/);
  });

  it('is seen when only new connections hang', async () => {
    const { links } = system;
    const engaged = await cutBoth({
      ...links,
      set: (from, to, change) => links.set(from, to, { blackhole: change.cut === true }),
    });
    const { took, seen } = await engaged.confirm(signal);
    expect(took).toBe(false);
    expect(seen).toMatch(/^bytes still pass .*nothing was sent that could be held/);
  });

  it('is seen when something goes around the link', async () => {
    await using own = await chattyNodes();
    await own.goAround('broker-1');
    const engaged = await isolate.engage(own.input(['broker-1'], { params: { far: 'clients' } }));
    const { took, seen } = await engaged.confirm(signal);
    expect(took).toBe(false);
    expect(seen).toMatch(/^load is connected to broker-1 past their link/);
  });

  it('is not shown when nothing was sent', async () => {
    await using own = await chattyNodes();
    own.hush();
    const engaged = await isolate.engage(own.input(['broker-1'], { params: { far: 'clients' } }));
    const { took, seen } = await engaged.confirm(signal);
    expect([took, seen]).toEqual([false, 'nothing was sent that could be held']);
  });

  it('is not shown by the silence of a node that answers nobody', async () => {
    const sut = { ...system.sut, answers: async (id: string) => id !== 'broker-2' };
    const input = { ...inputOf({ both: true }, ['broker-2', 'broker-3']), sut };
    const { took, seen } = await (await cut.engage(input)).confirm(signal);
    expect([took, seen]).toEqual([false, 'broker-2 does not answer those who look either']);
  });

  it('is not healed when the links stay as they are', async () => {
    const { links } = system;
    const engaged = await cutBoth({
      ...links,
      set: async (from, to, change) => {
        if (change.cut === true) await links.set(from, to, change);
      },
    });
    await engaged.heal(signal);
    const limit = AbortSignal.timeout(1_000);
    await expect(engaged.confirmHeal(limit)).rejects.toThrow(/links .* healed|abort|timeout/i);
  });
});

describe('who is cut from whom', () => {
  const stateOf = async (): Promise<string[]> => {
    const ends = ['load', ...system.nodes.map(({ id }) => id)];
    const cuts: string[] = [];
    for (const from of ends) {
      for (const to of ends.filter((each) => each !== from)) {
        const { state } = await system.links.look(from, to);
        if (state.cut) cuts.push(`${from.replace('broker-', '')}${to.replace('broker-', '')}`);
      }
    }
    return cuts;
  };

  it.each<[string, FaultKind, JsonObject, string[] | undefined, string[]]>([
    ['one direction', cut, {}, ['broker-2'], ['12']],
    ['both', cut, { both: true }, ['broker-2'], ['12', '21']],
    ['peers', isolate, {}, undefined, ['12', '13', '14', '21', '31', '41']],
    ['clients', isolate, { far: 'clients' }, undefined, ['load1', '1load']],
    [
      'bridge',
      bridge,
      { groups: [['broker-2'], ['broker-3', 'broker-4']] },
      undefined,
      ['23', '24', '32', '42'],
    ],
    [
      'lists',
      split,
      { groups: [['broker-1'], ['broker-2', 'broker-3']] },
      undefined,
      ['12', '13', '21', '31'],
    ],
    ['rest', split, {}, undefined, ['12', '13', '14', '21', '31', '41']],
  ])('%s', async (_, kind, params, others, expected) => {
    const engaged = await kind.engage(inputOf(params, others));
    expect(new Set(await stateOf())).toEqual(new Set(expected));
    await engaged.heal(signal);
    expect(await stateOf()).toEqual([]);
  });

  it('draws the same halves of a bridge from the same seed', async () => {
    const halves = async (): Promise<string> => {
      const engaged = await bridge.engage(inputOf({}));
      await engaged.heal(signal);
      return engaged.mechanism;
    };
    expect(await halves()).toBe(await halves());
  });

  it('lets no two steps hold the same direction, and leaves the first as it is', async () => {
    const first = await cut.engage(inputOf({}, ['broker-2']));
    await expect(isolate.engage(inputOf({}))).rejects.toThrow(
      /link broker-1→broker-2 is held by another step already/,
    );
    expect(await stateOf()).toEqual(['12']);
    const late = await slow.engage(inputOf({ delayMs: 50 }, ['broker-2']));
    await late.heal(signal);
    expect(await stateOf()).toEqual(['12']);
    await first.heal(signal);
  });

  it('refuses a target that has nobody at the other end', async () => {
    await expect(cut.engage(inputOf({}, ['broker-1']))).rejects.toThrow(/nobody at the other end/);
  });
});
