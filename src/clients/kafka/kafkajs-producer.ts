import { showPartition } from '../../record/names.ts';
import type { KafkajsOptions } from './kafkajs-base.ts';
import { type Lane, openLane } from './kafkajs-lane.ts';
import { leaderWatch } from './leader-watch.ts';
import type { LogProducer, ProducerOptions } from './port.ts';

/** A producer over kafkajs with one lane per partition; lanes open with their first send. */
export function kafkajsProducer(
  client: Omit<KafkajsOptions, 'requestTimeout'>,
  options: ProducerOptions,
): LogProducer {
  const lanes = new Map<string, Lane>();
  const watch = leaderWatch(client.bootstrap, client.clientId);
  let isClosed = false;
  const laneOf = (of: { topic: string; partition: number }): Lane => {
    const known = lanes.get(showPartition(of));
    if (known !== undefined) return known;
    const lane = openLane({ ...options, of, client, bootstrap: watch.bootstrap });
    lanes.set(showPartition(of), lane);
    watch.over(of, lane);
    return lane;
  };
  return {
    send({ topic, partition, values }) {
      const lane = laneOf({ topic, partition });
      if (isClosed) lane.end();
      return lane.send(values);
    },
    async [Symbol.asyncDispose]() {
      isClosed = true;
      for (const lane of lanes.values()) lane.end();
      await watch[Symbol.asyncDispose]();
    },
  };
}
