import { HighwaterError, invariant } from '../../core/errors.ts';
import { rngOf } from '../../core/rng.ts';
import { showPartition, type TopicPartition } from '../../record/names.ts';
import type { TopicPlan } from '../../record/plan.ts';
import { Agenda } from './agenda.ts';
import { type BrokerOwner, DATA, SimBroker } from './broker.ts';
import { Controller } from './controller.ts';
import { Groups } from './groups.ts';
import { Network } from './network.ts';
import { SimPartition } from './partition.ts';
import type { Sabotage } from './saboteur/sabotage.ts';
import { type Saboteur, saboteurOf } from './saboteur/saboteur.ts';
import { type SessionTimings, type SimlogSpec } from './spec.ts';

/** All of one simulated log: what its brokers, its controller and its clients share. */
export class SimCluster implements BrokerOwner {
  readonly id: string;
  readonly spec: SimlogSpec;
  readonly timings: SessionTimings;
  readonly agenda = new Agenda();
  readonly network: Network;
  readonly brokers: ReadonlyMap<number, SimBroker>;
  readonly controller: Controller;
  readonly groups: Groups;
  readonly saboteur: Saboteur;
  private readonly topics = new Map<string, { plan: TopicPlan; partitions: SimPartition[] }>();
  private clients = 0;

  constructor(of: {
    readonly id: string;
    readonly spec: SimlogSpec;
    readonly timings: SessionTimings;
    readonly sabotage: Sabotage | undefined;
  }) {
    const { agenda } = this;
    this.id = of.id;
    this.spec = of.spec;
    this.timings = of.timings;
    this.network = new Network(agenda, rngOf(of.spec.seed).fork('network'));
    this.brokers = new Map(
      Array.from({ length: of.spec.brokers }, (_, at) => [at + 1, new SimBroker(at + 1, this)]),
    );
    const partitionsOf = (topic: string): readonly SimPartition[] => this.partitionsOf(topic);
    this.saboteur = saboteurOf(of.sabotage, {
      agenda,
      partitionsOf,
      rebalance: () => this.groups.rebalanceAll(),
    });
    this.controller = new Controller({
      agenda,
      network: this.network,
      timings: of.timings,
      hooks: this.saboteur,
      partitions: () => this.partitions,
    });
    this.groups = new Groups({
      agenda,
      registered: () => this.controller.registered,
      partitionsOf,
    });
  }

  booted(broker: SimBroker): void {
    invariant(broker.clock !== undefined, 'a broker without a machine booted');
    this.agenda.start(broker.clock);
    broker.stampIdentity(this.id);
    this.controller.booted(broker);
  }

  leaving(broker: SimBroker): void {
    this.controller.leaving(broker);
  }

  died(broker: SimBroker): void {
    this.controller.died(broker);
  }

  froze(broker: SimBroker): void {
    this.controller.died(broker);
  }

  thawed(broker: SimBroker): void {
    this.controller.thawed(broker);
  }

  broker(id: number): SimBroker {
    const broker = this.brokers.get(id);
    if (broker !== undefined) return broker;
    throw new HighwaterError('BUG', `no broker ${id} in a cluster of ${this.brokers.size}`);
  }

  /** A number for each client, in order of their coming. */
  nextClient(): number {
    this.clients += 1;
    return this.clients;
  }

  topic(name: string): TopicPlan | undefined {
    return this.topics.get(name)?.plan;
  }

  /** Of all topics. */
  get partitions(): readonly SimPartition[] {
    return [...this.topics.values()].flatMap(({ partitions }) => partitions);
  }

  /** Empty while the topic is not known. */
  partitionsOf(topic: string): readonly SimPartition[] {
    return this.topics.get(topic)?.partitions ?? [];
  }

  partition(of: TopicPartition): SimPartition | undefined {
    return this.topics.get(of.topic)?.partitions[of.partition];
  }

  /** Lays a new topic out over the registered brokers, leaders going round. */
  createTopic(plan: TopicPlan): void {
    const registered = this.controller.registered.map(({ id }) => id);
    if (plan.replication > registered.length) {
      throw new HighwaterError(
        'CLIENT_FAILED',
        `topic ${plan.name}: INVALID_REPLICATION_FACTOR: ` +
          `${plan.replication} replicas wanted, ${registered.length} brokers registered`,
      );
    }
    if (this.topics.has(plan.name)) {
      throw new HighwaterError('CLIENT_FAILED', `topic ${plan.name}: TOPIC_ALREADY_EXISTS`);
    }
    const partitions = Array.from({ length: plan.partitions }, (_, partition) => {
      const replicas = Array.from(
        { length: plan.replication },
        (_unused, at) => registered[(partition + at) % registered.length] as number,
      );
      return new SimPartition({
        topic: plan.name,
        partition,
        replicas,
        minInSync: plan.minInSync,
        brokers: this.brokers,
        agenda: this.agenda,
        network: this.network,
        hooks: this.saboteur,
      });
    });
    this.topics.set(plan.name, { plan, partitions });
    for (const partition of partitions) {
      for (const id of partition.replicas) this.broker(id).logOf(partition);
      this.controller.place(partition);
    }
  }

  /** Forgets a topic and deletes its replicas; one that is not there is left so. */
  deleteTopic(name: string): void {
    const partitions = this.partitionsOf(name);
    this.topics.delete(name);
    for (const partition of partitions) {
      partition.lead(null);
      for (const id of partition.replicas) this.broker(id).forget(partition);
    }
  }

  /** Sets keys of a topic's configuration; nothing in the model reads them. */
  configure(name: string, changes: Readonly<Record<string, string | null>>): void {
    const topic = this.topics.get(name);
    if (topic === undefined) {
      throw new HighwaterError('CLIENT_FAILED', `topic ${name}: UNKNOWN_TOPIC_OR_PARTITION`);
    }
    const config = Object.entries({ ...topic.plan.config, ...changes });
    const set = config.filter((entry): entry is [string, string] => entry[1] !== null);
    topic.plan = { ...topic.plan, config: Object.fromEntries(set) };
  }
}

/** Where a replica's files are. */
export const replicaFolder = (of: TopicPartition): { volume: string; folder: string } => ({
  volume: DATA,
  folder: showPartition(of),
});
