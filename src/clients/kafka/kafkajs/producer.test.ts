import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ms, type Span } from '../../../core/time.ts';
import type { LogProducer } from '../port.ts';
import { muteBroker } from '../testing/mute-broker.ts';
import { kafkajsProducer } from './producer.ts';

const PRODUCE = 0;

const producerTo = (address: string, limit: Span = ms(400)): LogProducer =>
  kafkajsProducer(
    { bootstrap: [address], clientId: 'test', log: () => {} },
    { acks: 'all', idempotent: false, requestTimeout: limit },
  );

const send = (producer: LogProducer, text = 'x') =>
  producer.send({ topic: 'orders', partition: 0, values: [Buffer.from(text)] });

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

const warnings: string[] = [];
const onWarning = ({ name }: Error): void => void warnings.push(name);
beforeAll(() => void process.on('warning', onWarning));
afterAll(() => void process.off('warning', onWarning));

describe('a producer over kafkajs', () => {
  it('certainly did not send what no broker took', async () => {
    const { address, [Symbol.asyncDispose]: close } = await muteBroker('nothing');
    await close();
    await using producer = producerTo(address);
    expect(await send(producer)).toMatchObject({ kind: 'fail', error: { name: 'ECONNREFUSED' } });
  });

  it('ends an attempt at its limit, as not sent, when the broker never said a word', async () => {
    await using broker = await muteBroker('nothing');
    await using producer = producerTo(broker.address);
    const began = performance.now();
    expect(await send(producer)).toMatchObject({ kind: 'fail', error: { name: 'ETIMEDOUT' } });
    expect(performance.now() - began).toBeGreaterThanOrEqual(395);
    expect(broker.asked).not.toContain(PRODUCE);
  });

  it('knows nothing of what was sent and not answered, and of all that waited behind it', async () => {
    await using broker = await muteBroker('metadata');
    await using producer = producerTo(broker.address);
    const first = send(producer, 'a');
    await until(() => broker.asked.includes(PRODUCE));
    const second = send(producer, 'b');
    await until(() => broker.asked.filter((key) => key === PRODUCE).length === 2);
    const [one, two] = await Promise.all([first, second]);
    expect([one, two]).toMatchObject([
      { kind: 'unknown', error: { name: 'ETIMEDOUT', message: 'no answer in 400 ms' } },
      { kind: 'unknown', error: { name: 'ETIMEDOUT' } },
    ]);
  });

  it('begins anew, over new connections, after an attempt that hung', async () => {
    await using broker = await muteBroker('metadata');
    await using producer = producerTo(broker.address);
    await send(producer);
    await until(() => broker.open <= 1); // the watch for leaders has one of its own
    expect(await send(producer)).toMatchObject({ kind: 'unknown', error: { name: 'ETIMEDOUT' } });
    expect(broker.asked.filter((key) => key === PRODUCE)).toHaveLength(2);
  });

  it('when closed, ends what is under way at once and leaves no connection', async () => {
    await using broker = await muteBroker('metadata');
    const producer = producerTo(broker.address, ms(60_000));
    const sent = send(producer);
    await until(() => broker.asked.includes(PRODUCE));
    await producer[Symbol.asyncDispose]();
    expect(await sent).toMatchObject({ kind: 'unknown', error: { name: 'ECANCELED' } });
    expect(await send(producer)).toMatchObject({ kind: 'fail', error: { name: 'ECANCELED' } });
    await until(() => broker.open === 0);
  });

  it('keeps kafkajs from asking node for timers in the past', () => {
    expect(warnings).toEqual([]);
  });
});
