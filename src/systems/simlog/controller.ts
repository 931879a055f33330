import { type Agenda, cancel, type Entry } from './agenda.ts';
import type { SimBroker } from './broker.ts';
import type { Network } from './network.ts';
import type { SimPartition } from './partition.ts';
import type { SessionTimings } from './spec.ts';

/**
 * Where sabotage gets its hands on failover. Each gives back what it was given when there is none.
 */
export interface ControllerHooks {
  /** How long after its death a broker is fenced. */
  fencingIn(wait: number): number;
  /** How long a leaderless partition waits for its election; null: no one is ever elected. */
  electionIn(of: SimPartition): number | null;
}

/**
 * Milliseconds from the start of the process to its registration, when nothing stands in the way.
 */
const START_UP = { least: 300, most: 700 };

/**
 * The controller quorum: knows which brokers have a session, and elects leaders. It is not a node
 * and never fails. A broker that dies keeps its session until the time-out after its last
 * heartbeat; only then is it fenced, and only then can its next life register
 * (DUPLICATE_BROKER_REGISTRATION before).
 */
export class Controller {
  private readonly agenda: Agenda;
  private readonly network: Network;
  private readonly timings: SessionTimings;
  private readonly hooks: ControllerHooks;
  private readonly partitions: () => Iterable<SimPartition>;
  private readonly unfenced = new Map<number, SimBroker>();
  private readonly fencings = new Map<number, Entry>();

  constructor(of: {
    readonly agenda: Agenda;
    readonly network: Network;
    readonly timings: SessionTimings;
    readonly hooks: ControllerHooks;
    readonly partitions: () => Iterable<SimPartition>;
  }) {
    this.agenda = of.agenda;
    this.network = of.network;
    this.timings = of.timings;
    this.hooks = of.hooks;
    this.partitions = of.partitions;
  }

  /** Brokers with a session, in order of number; one of them may have died a moment ago. */
  get registered(): readonly SimBroker[] {
    return [...this.unfenced.values()].sort((a, b) => a.id - b.id);
  }

  /** How many partitions have replicas that are not in sync. */
  get underReplicated(): number {
    return [...this.partitions()].filter(({ isr, replicas }) => isr.length < replicas.length)
      .length;
  }

  /** A process started: it registers once it is up and its earlier session has ended. */
  booted(broker: SimBroker): void {
    const startUp = this.network.between(START_UP.least, START_UP.most);
    this.registerIn(Math.max(startUp, this.fencingDue(broker)), broker);
  }

  /**
   * A process that stood still goes on. Within its session nobody noticed; else it learns with its
   * next heartbeat that it was fenced, and registers anew.
   */
  thawed(broker: SimBroker): void {
    const fencing = this.fencings.get(broker.id);
    if (broker.state === 'serving' && this.unfenced.get(broker.id) === broker) {
      if (fencing !== undefined) cancel(fencing);
      this.fencings.delete(broker.id);
      for (const partition of this.partitions()) partition.awake(broker.id);
      return;
    }
    broker.state = 'starting';
    const heartbeat = this.network.between(1, this.timings.heartbeatMs);
    this.registerIn(Math.max(heartbeat, this.fencingDue(broker)), broker);
  }

  /** A broker says good-bye: its leaderships move while it still serves (controlled shutdown). */
  leaving(broker: SimBroker): void {
    this.fence(broker);
  }

  /** A process is gone, or stands still; nobody notices until its session ends. */
  died(broker: SimBroker): void {
    if (!this.unfenced.has(broker.id) || this.fencings.has(broker.id)) return;
    const { sessionMs, heartbeatMs } = this.timings;
    const sinceHeartbeat = (this.agenda.now - broker.registeredAt) % heartbeatMs;
    const wait = this.hooks.fencingIn(sessionMs - sinceHeartbeat);
    this.fencings.set(
      broker.id,
      this.agenda.after(wait, () => this.fence(broker)),
    );
  }

  /** Makes the preferred replica the first leader of a new partition. */
  place(partition: SimPartition): void {
    partition.lead(this.candidateFor(partition));
  }

  /** Hands leadership to the first replica, where that is in sync and has a session. */
  prefer(partition: SimPartition): void {
    const [first] = partition.replicas;
    if (partition.leader !== first && this.candidateFor(partition) === first) this.elect(partition);
  }

  /** How long the session of an earlier life lasts yet. */
  private fencingDue(broker: SimBroker): number {
    return (this.fencings.get(broker.id)?.due ?? 0) - this.agenda.now;
  }

  private registerIn(wait: number, broker: SimBroker): void {
    const { life } = broker;
    this.agenda.after(wait, () => {
      const isStill = broker.life === life && broker.state === 'starting' && !broker.frozen;
      if (isStill) this.register(broker);
    });
  }

  private register(broker: SimBroker): void {
    broker.registeredAt = this.agenda.now;
    broker.state = 'serving';
    this.unfenced.set(broker.id, broker);
    broker.say('INFO', 'started (kafka.server.KafkaRaftServer)');
    for (const partition of this.partitions()) {
      if (!partition.replicas.includes(broker.id)) continue;
      if (partition.leader === null && partition.isr.includes(broker.id)) this.elect(partition);
      else partition.follow(broker.id);
    }
  }

  private fence(broker: SimBroker): void {
    const fencing = this.fencings.get(broker.id);
    if (fencing !== undefined) cancel(fencing);
    this.fencings.delete(broker.id);
    this.unfenced.delete(broker.id);
    for (const partition of this.partitions()) {
      partition.shrink(broker.id);
      if (partition.leader === broker.id) this.replace(partition);
    }
  }

  private replace(partition: SimPartition): void {
    const wait = this.hooks.electionIn(partition);
    if (wait === 0) return this.elect(partition);
    partition.lead(null);
    if (wait !== null) this.agenda.after(wait, () => this.elect(partition));
  }

  private elect(partition: SimPartition): void {
    const next = this.candidateFor(partition);
    if (partition.leader !== null || next !== null) {
      if (partition.leader !== next) partition.lead(next);
    }
  }

  /**
   * The first replica that is in sync and has a session; the controller does not know who is dead.
   */
  private candidateFor({ replicas, isr }: SimPartition): number | null {
    return replicas.find((id) => isr.includes(id) && this.unfenced.has(id)) ?? null;
  }
}
