import { showPartition, type TopicPartition } from '../../../record/names.ts';
import { openBrokerCalls } from '../broker-calls.ts';
import type { LogProducer, ProducerOptions } from '../port.ts';
import type { KafkajsOptions } from './client.ts';
import { KafkajsLane } from './lane.ts';
import { leadersBy, leaderWatch } from './leader-watch.ts';

/** A producer over kafkajs with one lane per partition; lanes open with their first send. */
export function kafkajsProducer(
  client: Omit<KafkajsOptions, 'requestTimeout'>,
  options: ProducerOptions,
): LogProducer {
  const lanes = new Map<string, KafkajsLane>();
  const { bootstrap, clientId } = client;
  const calls = openBrokerCalls({ bootstrap, clientId, signal: new AbortController().signal });
  const watch = leaderWatch(leadersBy(calls));
  let isClosed = false;
  const laneOf = (of: TopicPartition): KafkajsLane => {
    const known = lanes.get(showPartition(of));
    if (known !== undefined) return known;
    const lane = new KafkajsLane({ ...options, of, client, bootstrap: calls.order });
    lanes.set(showPartition(of), lane);
    watch.over(of, lane);
    return lane;
  };
  return {
    send({ topic, partition, values }) {
      const lane = laneOf({ topic, partition });
      if (isClosed) lane.close();
      return lane.send(values);
    },
    async [Symbol.asyncDispose]() {
      isClosed = true;
      for (const lane of lanes.values()) lane.close();
      watch[Symbol.dispose]();
      await calls[Symbol.asyncDispose]();
    },
  };
}
