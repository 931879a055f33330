import { describe, expect, it } from 'vitest';
import { failoverWithin } from '../../checkers/failover-within.ts';
import { noLoss } from '../../checkers/no-loss.ts';
import { ms, seconds } from '../../core/time.ts';
import { perSecond } from '../../core/units.ts';
import { CAPABILITIES } from '../../environments/capabilities.ts';
import { composition } from '../../registry.ts';
import { produceConsume } from '../../workloads/produce-consume/builder.ts';
import { down, leaderOf, nodes, role } from '../suite/builders.ts';
import type { Scenario } from '../suite/scenario.ts';
import { type Catalog } from './catalog.ts';
import { plan } from './plan.ts';

const catalog: Catalog = composition.catalog;
const options = {
  environment: 'local',
  offers: { offered: new Set(CAPABILITIES), clock: 'real', start: 'jvm' },
  seed: 's1',
  profile: 'fast',
  control: false,
  suite: 'suites/x.suite.ts',
} as const;

const whole: Scenario = {
  name: 'a leader goes down',
  claim: 'nothing is lost',
  topology: {
    kafka: { brokers: 3 },
    topics: { orders: { partitions: 6, replication: 3, minInSync: 2 } },
  },
  workload: produceConsume({ topic: 'orders' }),
  load: [{ rate: perSecond(100), for: seconds(30) }],
  timeline: [{ at: seconds(5), fault: down(leaderOf('orders', 0)), hold: seconds(5) }],
  checks: [noLoss(), failoverWithin(seconds(15))],
};

const problemsOf = (scenario: unknown, more: object = {}): readonly string[] => {
  const planned = plan(scenario as Scenario, catalog, { ...options, ...more });
  return 'problems' in planned ? planned.problems : [];
};

describe('plan', () => {
  it('gives the same bytes for the same scenario, seed and environment', () => {
    const bytes = (): string => JSON.stringify(plan(whole, catalog, options));
    expect(bytes()).toBe(bytes());
    expect(problemsOf(whole)).toEqual([]);
  });

  it('holds no address, no run id and no wall-clock time', () => {
    expect(JSON.stringify(plan(whole, catalog, options))).not.toMatch(/127\.|20\d\d-\d\d-\d\d/);
  });

  it('tells every problem of the shape at once, with its path', () => {
    const problems = problemsOf({
      ...whole,
      lode: 1,
      load: [{ rate: -5, for: seconds(30) }],
      topology: { kafka: {}, topics: { orders: { partitions: 0, replication: 3 } } },
      checks: [],
    });
    expect(problems.join('\n')).toMatch(/lode/);
    expect(problems.join('\n')).toMatch(/load\[0\]\.rate/);
    expect(problems.join('\n')).toMatch(/topology\.topics\.orders\.partitions/);
    expect(problems.join('\n')).toMatch(/checks/);
  });

  it('refuses an unknown key of the system by name', () => {
    const problems = problemsOf({
      ...whole,
      topology: { ...whole.topology, kafka: { brokerz: 3 } },
    });
    expect(problems.join('\n')).toMatch(/topology\.kafka.*brokerz/);
  });

  it('refuses a fault on a role, a node or a partition that does not exist', () => {
    const at = (target: Parameters<typeof down>[0]): string =>
      problemsOf({ ...whole, timeline: [{ at: ms(0), hold: ms(1), fault: down(target) }] }).join(
        '\n',
      );
    expect(at(role('zookeeper'))).toMatch(/role "zookeeper": no such role \(roles: .*broker/);
    expect(at(nodes('broker-9'))).toMatch(/node "broker-9": no such node/);
    expect(at(leaderOf('orders', 6))).toMatch(/orders-6.*partitions 0 to 5/);
    expect(at(leaderOf('payments', 0))).toMatch(/no topic "payments"/);
  });

  it('refuses a system without a role that the claim takes for granted', () => {
    expect(problemsOf({ ...whole, roles: ['broker', 'arbiter'] })).toEqual([
      expect.stringMatching(/^roles: .* role "arbiter" \(this one has: .*broker/),
    ]);
  });

  it('refuses a fault that the environment cannot do, and says what is missing', () => {
    const offered = new Set(CAPABILITIES.filter((name) => name !== 'process.kill'));
    expect(problemsOf(whole, { offers: { ...options.offers, offered } }).join('\n')).toMatch(
      /fault "down" needs process\.kill, which environment "local" does not offer/,
    );
  });

  it('refuses load that ends before the last heal', () => {
    const late = {
      ...whole,
      timeline: [{ at: seconds(29), hold: seconds(5), fault: down(leaderOf('orders', 0)) }],
    };
    expect(problemsOf(late).join('\n')).toMatch(/load must outlive the last step/);
  });

  it('leaves out the faults, and the claims about them, in a control run', () => {
    const planned = plan(whole, catalog, { ...options, control: true });
    if ('problems' in planned) throw new Error(planned.problems.join());
    expect(planned.plan.timeline).toEqual([]);
    expect(planned.plan.checks.map(({ claim }) => claim)).toEqual(['no-loss']);
  });
});
