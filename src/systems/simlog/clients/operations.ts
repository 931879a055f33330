import type { LogOperations } from '../../../clients/kafka/operations.ts';
import { HighwaterError } from '../../../core/errors.ts';
import type { SimCluster } from '../cluster.ts';

/** Gives an order to whichever broker answers. */
type Order = <T>(what: string, order: () => T) => Promise<T>;

/**
 * What an operator can do to the simulated log. Replicas stay where they were created, and brokers
 * are as many as at the start.
 */
export const simOperations = (cluster: SimCluster, give: Order): LogOperations => ({
  deleteTopic: (topic) => give('DeleteTopics', () => cluster.deleteTopic(topic)),
  alterConfig: async (of, changes) => {
    if (!('topic' in of)) throw cannot('change the configuration of a broker');
    if ('min.insync.replicas' in changes) throw cannot('change min.insync.replicas');
    await give('IncrementalAlterConfigs', () => cluster.configure(of.topic, changes));
  },
  electPreferred: (partitions) =>
    give('ElectLeaders', () => {
      for (const of of partitions) {
        const partition = cluster.partition(of);
        if (partition !== undefined) cluster.controller.prefer(partition);
      }
    }),
  reassigning: async () => [],
  reassign: () => Promise.reject(cannot('move replicas')),
  unregister: () => Promise.reject(cannot('forget a broker')),
  features: () => Promise.reject(cannot('tell features')),
  raiseFeatures: () => Promise.reject(cannot('raise features')),
});

const cannot = (what: string): HighwaterError =>
  new HighwaterError('CLIENT_FAILED', `the simulated log cannot ${what}`, {
    hint: 'run the scenario on the local environment',
  });
