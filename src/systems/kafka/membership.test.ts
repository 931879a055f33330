import { describe, expect, it } from 'vitest';
import { openScope } from '../../core/scope.ts';
import { virtualClock } from '../../core/virtual-clock.ts';
import type { Node, NodeSpec } from '../../environments/node.ts';
import { rolesOf } from './cluster-layout.ts';
import { Membership } from './membership.ts';
import { nodeSpecs } from './node-specs.ts';
import { parseKafkaSpec } from './spec.ts';
import { paperBook } from './testing/paper-book.ts';

const running = (spec: NodeSpec): Node => ({
  id: spec.id,
  role: spec.role,
  spec,
  look: async () => ({ state: 'up', incarnation: 'one', ended: null }),
  control: () => undefined,
  logFile: undefined,
});

function cluster(topology: object): { membership: Membership; specs: readonly NodeSpec[] } {
  const parsed = parseKafkaSpec(topology);
  if (!('spec' in parsed)) throw new Error(parsed.problems.join('; '));
  const { spec } = parsed;
  const book = paperBook(rolesOf(spec));
  const layout = { spec, profile: 'fast', book, clusterId: 'aaaaaaaaaaaaaaaaaaaaaa' } as const;
  const specs = nodeSpecs(layout);
  const scope = openScope('test', virtualClock());
  const nodes = specs.map(running);
  return { membership: new Membership({ ...layout, nodes, scope, run: 'test' }), specs };
}

const version = (spec: NodeSpec): string => spec.software.version;

describe('who is a member of a cluster', () => {
  it('is, at first, whoever was launched; the reserved ones are spare', () => {
    const { membership } = cluster({ brokers: 3, brokersMax: 5 });
    expect(membership.members.map(({ node }) => node)).toEqual([
      'controller-1',
      'broker-1',
      'broker-2',
      'broker-3',
    ]);
    expect(membership.spare).toEqual(['broker-4', 'broker-5']);
  });

  it('changes when a node is admitted or dismissed, and who has left is not spare again', () => {
    const { membership } = cluster({ brokers: 3, brokersMax: 4 });
    membership.admit([running(membership.specFor('broker-4', {}))]);
    expect(membership.members.at(-1)).toMatchObject({ node: 'broker-4', number: 4 });
    membership.dismiss(['broker-4']);
    expect(membership.find('broker-4')).toBeUndefined();
    expect(membership.spare).toEqual([]);
  });

  it('gives a node the spec that it had, unless something is to be different', () => {
    const { membership, specs } = cluster({ version: '3.9.1' });
    expect(membership.specFor('broker-2', {})).toEqual(specs.find(({ id }) => id === 'broker-2'));
    const next = membership.specFor('broker-2', { version: '4.3.1' });
    expect(version(next)).toBe('4.3.1');
    expect(next.start.jvm?.jars[0]).toContain('4.3.1');
    expect(Object.keys(next.files)).toContain('log4j2.properties');
  });

  it('gives a spare node the version that the others have now', () => {
    const { membership, specs } = cluster({ version: '3.9.1', brokers: 1, brokersMax: 2 });
    expect(version(membership.specFor('broker-2', {}))).toBe('3.9.1');
    membership.dismiss(specs.map(({ id }) => id));
    membership.admit([running(membership.specFor('broker-1', { version: '4.3.1' }))]);
    expect(version(membership.specFor('broker-2', {}))).toBe('4.3.1');
  });

  it('never makes a spare node a voter of the quorum', () => {
    const { membership } = cluster({ combined: true, brokers: 3, brokersMax: 4 });
    expect(membership.specFor('broker-4', {}).files['server.properties']).toContain(
      'process.roles=broker\n',
    );
  });

  it('settings of a change win over those of the suite', () => {
    const { membership } = cluster({ config: { 'num.io.threads': 3 } });
    const next = membership.specFor('broker-1', { config: { 'num.io.threads': '5' } });
    expect(next.files['server.properties']).toContain('num.io.threads=5\n');
  });

  it('gives a server of the ensemble another version or other keys of its own', () => {
    const zookeeper = { version: '3.8.6' };
    const { membership, specs } = cluster({ version: '3.9.1', mode: 'zookeeper', zookeeper });
    const before = specs.find(({ id }) => id === 'zookeeper-2');
    expect(membership.specFor('zookeeper-2', {})).toEqual(before);
    const config = { snapCount: '1000', tickTime: '250' };
    const next = membership.specFor('zookeeper-2', { version: '3.9.5', config });
    expect(version(next)).toBe('3.9.5');
    expect(next.files['zoo.cfg']).toContain('snapCount=1000\n');
    expect(next.files['zoo.cfg']).toContain('tickTime=250\n');
    expect(membership.members.map(({ node }) => node)).not.toContain('zookeeper-2');
  });
});
