import { describe, expect, it } from 'vitest';
import { reasonOf } from './cluster.ts';

describe('why a cluster did not do something', () => {
  it.each([
    ['what its Status says', { body: { message: 'pods is forbidden' } }, 'pods is forbidden'],
    ['what its Status says as text', { body: '{"message":"no"}' }, 'no'],
    ['what a proxy says', { body: '<html>' }, '<html>'],
    [
      'what was in the way of asking',
      new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED') }),
      'fetch failed: connect ECONNREFUSED',
    ],
    ['the error itself', new Error('no key'), 'no key'],
  ])('is %s', (_, thrown, reason) => {
    expect(reasonOf(thrown)).toBe(reason);
  });
});
