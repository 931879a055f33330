import { describe, expect, it } from 'vitest';
import { type AttemptClass, classAttempt, completionOf } from './outcomes.ts';

const protocolError = (code: number, type: string): Error =>
  Object.assign(new Error(type), { code, type, name: 'KafkaJSProtocolError' });

const sent = (thrown: unknown) => classAttempt({ thrown, maySent: true, acks: 'all' });

const TABLE: readonly (readonly [number, string, AttemptClass])[] = [
  [-1, 'UNKNOWN_SERVER_ERROR', 'unknown'],
  [2, 'CORRUPT_MESSAGE', 'fail'],
  [6, 'NOT_LEADER_OR_FOLLOWER', 'unknown'],
  [7, 'REQUEST_TIMED_OUT', 'unknown'],
  [10, 'MESSAGE_TOO_LARGE', 'fail'],
  [13, 'NETWORK_EXCEPTION', 'unknown'],
  [19, 'NOT_ENOUGH_REPLICAS', 'fail'],
  [20, 'NOT_ENOUGH_REPLICAS_AFTER_APPEND', 'unknown'],
  [21, 'INVALID_REQUIRED_ACKS', 'fail'],
  [29, 'TOPIC_AUTHORIZATION_FAILED', 'fail'],
  [30, 'GROUP_AUTHORIZATION_FAILED', 'fail'],
  [31, 'CLUSTER_AUTHORIZATION_FAILED', 'fail'],
  [32, 'INVALID_TIMESTAMP', 'fail'],
  [45, 'OUT_OF_ORDER_SEQUENCE_NUMBER', 'fail'],
  [46, 'DUPLICATE_SEQUENCE_NUMBER', 'ok'],
  [47, 'INVALID_PRODUCER_EPOCH', 'fail'],
  [53, 'TRANSACTIONAL_ID_AUTHORIZATION_FAILED', 'fail'],
  [56, 'KAFKA_STORAGE_ERROR', 'unknown'],
  [87, 'INVALID_RECORD', 'fail'],
  [90, 'PRODUCER_FENCED', 'fail'],
];

describe('the outcome of one attempt', () => {
  it.each(TABLE)('classes error %i %s as %s', (code, name, outcome) => {
    const classed = sent(protocolError(code, 'whatever the library calls it'));
    expect([classed.error.name, classed.outcome]).toEqual([name, outcome]);
    expect(sent(Object.assign(new Error(), { apiId: name })).outcome).toBe(outcome);
  });

  it('ends the session where the producer id or its epoch is of no more use, and only there', () => {
    const ending = TABLE.filter(([code, name]) => sent(protocolError(code, name)).endsSession);
    expect(ending.map(([code]) => code)).toEqual([45, 47, 90]);
  });

  it('takes every code that is not in the table for unknown', () => {
    const listed = new Set(TABLE.map(([code]) => code));
    for (let code = 1; code <= 150; code += 1) {
      if (!listed.has(code)) expect(sent(protocolError(code, 'NEW')).outcome).toBe('unknown');
    }
  });

  it('takes errors of node and of client libraries for unknown when the request may have left', () => {
    const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    const timedOut = Object.assign(new Error('Request Produce timed out'), {
      name: 'KafkaJSRequestTimeoutError',
    });
    expect(sent(refused)).toEqual({
      outcome: 'unknown',
      error: { name: 'ECONNREFUSED', message: 'connect ECONNREFUSED' },
      endsSession: false,
    });
    expect(sent(timedOut).error.name).toBe('KafkaJSRequestTimeoutError');
    expect(sent(timedOut).outcome).toBe('unknown');
    expect(sent('a string').outcome).toBe('unknown');
    expect(sent(undefined).outcome).toBe('unknown');
  });

  it('takes whatever certainly never left for failed', () => {
    const thrown = Object.assign(new Error('no metadata'), { name: 'KafkaJSMetadataNotLoaded' });
    expect(classAttempt({ thrown, maySent: false, acks: 'all' }).outcome).toBe('fail');
    const appended = protocolError(20, 'NOT_ENOUGH_REPLICAS_AFTER_APPEND');
    expect(classAttempt({ thrown: appended, maySent: true, acks: 'all' }).outcome).toBe('unknown');
  });

  it('knows nothing without acknowledgements, whatever the error says', () => {
    const thrown = protocolError(10, 'MESSAGE_TOO_LARGE');
    expect(classAttempt({ thrown, maySent: true, acks: 'none' }).outcome).toBe('unknown');
  });

  it('finds the protocol error inside the wrappers of a library', () => {
    const inner = protocolError(19, 'NOT_ENOUGH_REPLICAS');
    const wrapped = new Error('retries exceeded', {
      cause: new Error('once more', { cause: inner }),
    });
    expect(sent(wrapped)).toMatchObject({
      outcome: 'fail',
      error: { name: 'NOT_ENOUGH_REPLICAS', message: 'retries exceeded' },
    });
  });

  it('does not hang on causes that go in circles', () => {
    const one = new Error('one');
    const two = new Error('two', { cause: one });
    one.cause = two;
    expect(sent(two).outcome).toBe('unknown');
  });

  it('gives a duplicate as acknowledged at an offset that is not known', () => {
    expect(completionOf(sent(protocolError(46, 'DUPLICATE_SEQUENCE_NUMBER')))).toEqual({
      kind: 'ok',
      value: { baseOffset: null },
    });
  });
});
