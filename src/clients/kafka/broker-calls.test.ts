import { describe, expect, it } from 'vitest';
import { ms } from '../../core/time.ts';
import { metadataOf } from './broker-answers.ts';
import { askOnce, openBrokerCalls } from './broker-calls.ts';
import { firstAnswer } from './first-answer.ts';
import { answeredError, refused } from './refusal.ts';
import { muteBroker } from './testing/mute-broker.ts';

const never = new Promise<never>(() => {});

describe('a question that any broker can answer', () => {
  it('goes to the next broker at once when the first fails', async () => {
    const began = performance.now();
    const answer = await firstAnswer(['a', 'b'], async (address) => {
      if (address === 'a') throw new Error('refused');
      return address.toUpperCase();
    });
    expect(answer).toEqual({ address: 'b', value: 'B' });
    expect(performance.now() - began).toBeLessThan(250);
  });

  it('goes to the next broker soon when the first is silent', async () => {
    const answer = await firstAnswer(['a', 'b'], (address) =>
      address === 'a' ? never : Promise.resolve(2),
    );
    expect(answer).toEqual({ address: 'b', value: 2 });
  });

  it('takes what a broker refused for the reason, not why others could not be asked', async () => {
    const asked = firstAnswer(['a', 'b'], async (address): Promise<number> => {
      throw address === 'a' ? new Error('gone') : refused('b', 'NOT_CONTROLLER');
    });
    const thrown: unknown = await asked.catch((reason: unknown) => reason);
    expect(answeredError(thrown)).toBe('NOT_CONTROLLER');
  });

  it('says what every broker did when none answered', async () => {
    const asked = firstAnswer(['a', 'b'], async (address) => {
      throw new Error(`${address} is gone`);
    });
    await expect(asked).rejects.toThrow('no broker answers: a: a is gone; b: b is gone');
  });
});

describe('calls to brokers', () => {
  it('end with the signal, and leave no connection', async () => {
    await using broker = await muteBroker('nothing');
    const aborting = new AbortController();
    const options = { bootstrap: [broker.address], clientId: 'test', signal: aborting.signal };
    const calls = openBrokerCalls(options);
    const asked = calls.any((connection) => metadataOf(connection, []));
    setImmediate(() => aborting.abort(new Error('enough')));
    await expect(asked).rejects.toThrow('enough');
    await calls[Symbol.asyncDispose]();
    await expect(calls.any(() => never)).rejects.toThrow('enough');
    while (broker.open > 0) await new Promise((resolve) => setImmediate(resolve));
  });

  it('have a limit even when the broker takes the connection and says nothing', async () => {
    await using broker = await muteBroker('nothing');
    const options = { clientId: 'test', signal: new AbortController().signal, within: ms(200) };
    const asked = askOnce(broker.address, (connection) => metadataOf(connection, []), options);
    await expect(asked).rejects.toThrow(`request to ${broker.address}: no answer in 200 ms`);
    while (broker.open > 0) await new Promise((resolve) => setImmediate(resolve));
  });
});
