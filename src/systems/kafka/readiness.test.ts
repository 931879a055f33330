import { describe, expect, it } from 'vitest';
import { type Asked, type AskedBroker, type BrokerAnswer, judgeReadiness } from './readiness.ts';

const CLUSTER = 'ours';
const at = (number: number) => ({ host: `127.7.0.${number}`, port: 9093 });
const orders = { topic: 'orders', partition: 0, leader: 1, leaderEpoch: 0, replicas: [1, 2, 3] };

const answer = (over: Partial<BrokerAnswer> = {}): BrokerAnswer => ({
  clusterId: CLUSTER,
  controller: 2,
  brokers: [1, 2, 3].map((id) => ({ id, ...at(id) })),
  partitions: [{ ...orders, isr: [1, 2, 3] }],
  ...over,
});

function asked(over: Partial<Asked>, third: AskedBroker['answer'] = answer()): Asked {
  const brokers = [answer(), answer(), third].map(
    (each, index): AskedBroker => ({
      node: `broker-${index + 1}`,
      number: index + 1,
      at: at(index + 1),
      answer: each,
    }),
  );
  return {
    clusterId: CLUSTER,
    brokers,
    ensemble: null,
    controllers: [{ node: 'controller-1', answer: { clusterId: CLUSTER } }],
    quorum: { leader: 101, voters: [{ id: 101, logEnd: 40n }] },
    voters: [101],
    ...over,
  };
}

const seen = (over: Partial<Asked>, third?: AskedBroker['answer']) =>
  judgeReadiness(asked(over, third)).seen;

describe('the readiness of a Kafka cluster', () => {
  it('is there when every node answers as itself, for our cluster, and nothing is missing', () => {
    expect(judgeReadiness(asked({}))).toEqual({ ready: true, seen: 'ready' });
  });

  it('waits for a broker that does not answer', () => {
    expect(seen({}, { error: 'connect ECONNREFUSED' })).toBe(
      'broker-3 does not answer: connect ECONNREFUSED',
    );
  });

  it('is not deceived by a broker of another cluster on our address', () => {
    expect(seen({}, answer({ clusterId: 'theirs' }))).toBe(
      'what answers for broker-3 belongs to another cluster, theirs, not to ours',
    );
    const controllers = [{ node: 'controller-1', answer: { clusterId: 'theirs' } }];
    expect(seen({ controllers })).toContain('what answers for controller-1 belongs to another');
  });

  it('is not deceived by another broker of ours that answers on the address', () => {
    const swapped = [1, 2, 3].map((id) => ({ id, ...at(4 - id) }));
    expect(seen({}, answer({ brokers: swapped }))).toBe(
      'broker-3 is not registered at 127.7.0.3:9093, or still fenced',
    );
  });

  it('waits until every broker knows every other', () => {
    const fewer = answer({ brokers: [2, 3].map((id) => ({ id, ...at(id) })) });
    expect(seen({}, fewer)).toBe('broker-3 does not know broker-1 yet');
  });

  it('waits for a leader of the metadata quorum, and for all voters to follow it', () => {
    expect(seen({ quorum: null })).toBe('the metadata quorum has no leader');
    expect(seen({ quorum: { leader: null, voters: [] } })).toBe(
      'the metadata quorum has no leader',
    );
    const quorum = {
      leader: 101,
      voters: [101, 102].map((id) => ({ id, logEnd: BigInt(101 - id) })),
    };
    expect(seen({ quorum, voters: [101, 102] })).toBe(
      'voter 102 does not follow the metadata quorum yet',
    );
  });

  it('waits in ZooKeeper mode for the whole ensemble, and for one controller that all name', () => {
    const onZooKeeper = { ensemble: [], quorum: null, voters: [], controllers: [] };
    expect(seen(onZooKeeper)).toBe('ready');
    expect(seen({ ...onZooKeeper, ensemble: ['the ensemble has no leader'] })).toBe(
      'the ensemble has no leader',
    );
    expect(seen(onZooKeeper, answer({ controller: 1 }))).toBe(
      'the brokers name 2, 2, 1 as controller',
    );
    expect(seen(onZooKeeper, answer({ controller: null }))).toContain('2, 2, nobody');
  });

  it('waits for leaders and for all replicas, whoever of the brokers says that they are missing', () => {
    const short = answer({ partitions: [{ ...orders, isr: [1, 2] }] });
    expect(seen({}, short)).toBe('orders-0 has 2 of 3 replicas in sync');
    const leaderless = answer({ partitions: [{ ...orders, leader: null, isr: [] }] });
    expect(seen({}, leaderless)).toBe('orders-0 has no leader');
  });

  it('counts what else is missing', () => {
    expect(seen({ quorum: null }, { error: 'silent' })).toBe(
      'broker-3 does not answer: silent; 1 more',
    );
  });
});
