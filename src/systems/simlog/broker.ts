import type { NodeBehaviour, VirtualMachine } from '../../environments/node.ts';
import type { TopicPartition } from '../../record/names.ts';
import { showPartition } from '../../record/names.ts';
import { ReplicaLog } from './replica-log.ts';

/** The volume that replicas lie in. */
export const DATA = 'data';

/** Who has to know that a broker's process came or went. */
export interface BrokerOwner {
  booted(broker: SimBroker): void;
  /** SIGTERM came: the broker takes leave while it still serves. */
  leaving(broker: SimBroker): void;
  died(broker: SimBroker): void;
  /** It stands still: no heartbeat goes out. */
  froze(broker: SimBroker): void;
  thawed(broker: SimBroker): void;
}

/**
 * One virtual broker. Its process is `down`, `starting` (running, not registered, so that it
 * refuses connections) or `serving`. What it wrote is in its volume and outlives it, as the page
 * cache outlives a killed process; a power cut is not modelled.
 */
export class SimBroker implements NodeBehaviour {
  readonly id: number;
  readonly owner: BrokerOwner;
  state: 'down' | 'starting' | 'serving' = 'down';
  /** Counts boots, so that what was meant for an earlier life does not reach a later one. */
  life = 0;
  registeredAt = 0;
  /** Ends of requests that are being worked on; called when the connection breaks. */
  readonly open = new Set<() => void>();
  /** Its process is stopped: connections stay open, and what comes in waits. */
  frozen = false;
  private waiting: (() => void)[] = [];
  private readonly logs = new Map<string, ReplicaLog>();
  private machine: VirtualMachine | undefined;

  constructor(id: number, owner: BrokerOwner) {
    this.id = id;
    this.owner = owner;
  }

  boot(machine: VirtualMachine): void {
    this.machine = machine;
    this.life += 1;
    this.state = 'starting';
    this.frozen = false;
    this.logs.clear();
    this.say('INFO', 'starting (kafka.server.BrokerServer)');
    this.owner.booted(this);
  }

  die(signal: 'SIGKILL' | 'SIGTERM'): void {
    if (signal === 'SIGTERM') {
      this.say('INFO', 'Terminating process due to signal SIGTERM');
      if (this.state === 'serving') this.owner.leaving(this);
    }
    this.gone();
  }

  /** Its process ends by itself: sabotage only. */
  exit(code: number): void {
    this.gone();
    this.machine?.exit(code);
  }

  private gone(): void {
    this.state = 'down';
    this.frozen = false;
    this.waiting = [];
    for (const broken of [...this.open]) broken();
    this.open.clear();
    this.owner.died(this);
  }

  freeze(): void {
    this.frozen = true;
    this.owner.froze(this);
  }

  /** It goes on where it stood: first of all with what came in meanwhile. */
  thaw(): void {
    this.frozen = false;
    this.owner.thawed(this);
    for (const work of this.waiting.splice(0)) work();
  }

  /** Does something as soon as it does anything; never when it dies before. */
  whenAwake(work: () => void): void {
    if (this.frozen) this.waiting.push(work);
    else work();
  }

  get clock(): VirtualMachine['clock'] | undefined {
    return this.machine?.clock;
  }

  get serves(): boolean {
    return this.state === 'serving' && !this.frozen;
  }

  /** This broker's replica, read from its volume when it is first asked for in a life. */
  logOf(of: TopicPartition): ReplicaLog {
    const key = showPartition(of);
    let log = this.logs.get(key);
    if (log === undefined) {
      const files = this.machine?.volumes.get(DATA) ?? new Map<string, string>();
      log = new ReplicaLog(files, of);
      this.logs.set(key, log);
    }
    return log;
  }

  /** Deletes this broker's replica, files and all. */
  forget(of: TopicPartition): void {
    this.logs.delete(showPartition(of));
    const files = this.machine?.volumes.get(DATA);
    for (const path of files?.keys() ?? []) {
      if (path.startsWith(`${showPartition(of)}/`)) files?.delete(path);
    }
  }

  /** Writes down whose broker this is, as Kafka's meta.properties does. */
  stampIdentity(cluster: string): void {
    const files = this.machine?.volumes.get(DATA);
    files?.set('meta.properties', `cluster.id=${cluster}\nnode.id=${this.id}\n`);
  }

  /** Writes a line to the node's log, in the form that Kafka's own logs have. */
  say(level: 'INFO' | 'WARN' | 'ERROR' | 'FATAL', text: string): void {
    if (this.machine === undefined) return;
    const at = new Date(Math.floor(this.machine.clock.now())).toISOString();
    const stamp = at.replace('T', ' ').replace('Z', '').replace('.', ',');
    this.machine.log(`[${stamp}] ${level} [Broker id=${this.id}] ${text}`);
  }
}
