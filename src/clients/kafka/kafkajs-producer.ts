import { showPartition } from '../../record/names.ts';
import type { KafkajsOptions } from './kafkajs-base.ts';
import { type Lane, openLane } from './kafkajs-lane.ts';
import type { LogProducer, ProducerOptions } from './port.ts';

/** A producer over kafkajs with one lane per partition; lanes open with their first send. */
export function kafkajsProducer(
  client: Omit<KafkajsOptions, 'requestTimeout'>,
  options: ProducerOptions,
): LogProducer {
  const lanes = new Map<string, Lane>();
  let isClosed = false;
  return {
    send({ topic, partition, values }) {
      const of = { topic, partition };
      const key = showPartition(of);
      const lane = lanes.get(key) ?? openLane({ ...options, of, client });
      lanes.set(key, lane);
      if (isClosed) lane.end();
      return lane.send(values);
    },
    async [Symbol.asyncDispose]() {
      isClosed = true;
      for (const lane of lanes.values()) lane.end();
    },
  };
}
