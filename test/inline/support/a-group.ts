import { lagDrained } from '../../../src/checkers/lag-drained.ts';
import { noLoss } from '../../../src/checkers/no-loss.ts';
import { ordered } from '../../../src/checkers/order.ts';
import { type Span, seconds } from '../../../src/core/time.ts';
import { perSecond } from '../../../src/core/units.ts';
import type { Composition } from '../../../src/scenario/composition.ts';
import type { FaultRef, Scenario } from '../../../src/scenario/suite/scenario.ts';
import { produceConsume } from '../../../src/workloads/produce-consume/builder.ts';

/** Three members read along; one of them is harmed. */
export const groupHarmed = (
  fault: FaultRef,
  { group, hold }: { readonly group?: object; readonly hold?: Span } = {},
): Scenario => ({
  name: 'a group with a harmed member',
  claim: 'Lag is drained within 30 s.',
  topology: {
    kafka: { brokers: 3 },
    topics: { orders: { partitions: 6, replication: 3, minInSync: 2 } },
  },
  workload: produceConsume({ topic: 'orders', group: { members: 3, ...group } }),
  warmUp: seconds(2),
  load: [{ rate: perSecond(300), for: seconds(30) }],
  timeline: [{ at: seconds(3), fault, hold: hold ?? seconds(10) }],
  checks: [noLoss(), ordered(), lagDrained({ within: seconds(30) })],
});

/** The same parts, but members do nothing of what they are told. */
export const deafMembers = (composition: Composition): Composition => ({
  ...composition,
  parts: (planned, environment) => {
    const parts = composition.parts(planned, environment);
    return {
      ...parts,
      pool: (...input) => {
        const pool = parts.pool(...input);
        const members = pool.members;
        if (members === null) return pool;
        const deaf = { ...members, act: async () => {} };
        return new Proxy(pool, {
          get: (target, key) => {
            if (key === 'members') return deaf;
            const value: unknown = Reflect.get(target, key, target);
            return typeof value === 'function' ? value.bind(target) : value;
          },
        });
      },
    };
  },
});
