import { ProtocolError, ResponseError } from '@platformatic/kafka';
import { describe, expect, it } from 'vitest';
import { answeredError, refused } from './refusal.ts';

describe('what a broker refused', () => {
  it('is named by its error, which can be asked for', () => {
    const error = refused('127.0.0.1:9092', 'NOT_CONTROLLER', new ProtocolError('NOT_CONTROLLER'));
    expect(error.message).toBe('127.0.0.1:9092: NOT_CONTROLLER');
    expect(answeredError(error)).toBe('NOT_CONTROLLER');
  });

  it('comes with the words of the broker, also inside an answer', () => {
    const errors = { '/results/0': [95, 'a node does not support it'] as [number, string] };
    const answer = new ResponseError(57, 1, errors, {});
    expect(refused('features', 'INVALID_UPDATE_VERSION', answer).message).toBe(
      'features: INVALID_UPDATE_VERSION (a node does not support it)',
    );
  });
});
