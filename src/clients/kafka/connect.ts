import type { ClientLog } from './client-log.ts';
import { kafkajsConsumer } from './kafkajs/consumer.ts';
import { kafkajsProducer } from './kafkajs/producer.ts';
import { platformaticAdmin } from './platformatic/admin.ts';
import { platformaticConsumer } from './platformatic/consumer.ts';
import type { LogClients, SutView } from './port.ts';
import { logReader } from './reader/log-reader.ts';

/** Name of this driver in a SutView. */
export const KAFKAJS = 'kafkajs';

/**
 * Clients for a Kafka cluster as seen from one vantage: kafkajs for load, @platformatic/kafka for
 * questions and for members that kafkajs cannot be, our own reader for final reads. Nothing
 * connects before it is used. What the libraries say of themselves goes to `log`.
 */
export function kafkaClients(view: SutView, log: ClientLog = () => {}): LogClients {
  const { bootstrap, clientId } = view;
  const client = { bootstrap, clientId, log };
  return {
    producer: async (options) => kafkajsProducer(client, options),
    consumer: async (options, signal) =>
      options.membership?.driver === 'platformatic'
        ? platformaticConsumer(client, options, signal)
        : kafkajsConsumer(client, options, signal),
    admin: async (signal) => platformaticAdmin({ bootstrap, clientId, signal }),
    reader: async () => logReader({ bootstrap, clientId }),
  };
}
