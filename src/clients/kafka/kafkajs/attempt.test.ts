import { describe, expect, it } from 'vitest';
import { beginAttempt } from './attempt.ts';

const values = [Buffer.from('a'), Buffer.from('b')];
const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
const begin = (acks: 'all' | 'none' = 'all') => beginAttempt(values, { partition: 4, acks });
/** What kafkajs does with the messages when it writes them for the wire. */
const encode = (attempt: ReturnType<typeof begin>) =>
  attempt.messages.map((message) => ({ at: message.timestamp, ...message }));

describe('an attempt to send', () => {
  it('certainly had no effect when it failed before its records were encoded', async () => {
    const attempt = begin();
    attempt.fail(refused);
    expect(await attempt.done).toMatchObject({ kind: 'fail', error: { name: 'ECONNREFUSED' } });
  });

  it('may have had an effect when the same error came after', async () => {
    const attempt = begin();
    expect(encode(attempt).map(({ partition, value }) => [partition, String(value)])).toEqual([
      [4, 'a'],
      [4, 'b'],
    ]);
    await attempt.left;
    attempt.fail(refused);
    expect(await attempt.done).toMatchObject({ kind: 'unknown', error: { name: 'ECONNREFUSED' } });
  });

  it('cannot be sent any more once it has failed', async () => {
    const attempt = begin();
    attempt.fail(refused);
    expect(() => encode(attempt)).toThrow('the attempt ended before it was sent');
    await attempt.left;
  });

  it('ends once: what comes later changes nothing', async () => {
    const attempt = begin();
    encode(attempt);
    attempt.acknowledge(17n);
    attempt.fail(refused);
    expect(attempt.ended).toBe(true);
    expect(await attempt.done).toEqual({ kind: 'ok', value: { baseOffset: 17n } });
  });

  it('is not marked as sent by whoever only looks at partition and value', async () => {
    const attempt = begin();
    for (const { partition, value, key } of attempt.messages) void [partition, value, key];
    attempt.fail(refused);
    expect(await attempt.done).toMatchObject({ kind: 'fail' });
  });
});
