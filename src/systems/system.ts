import type { LogClients, ReadBatch, SutView } from '../clients/kafka/port.ts';
import type { Clock } from '../core/clock.ts';
import type { JsonObject } from '../core/json.ts';
import type { Scope } from '../core/scope.ts';
import type { Probe } from '../core/wait-for.ts';
import type { Endpoint } from '../environments/endpoint.ts';
import type { AddressBook } from '../environments/environment.ts';
import type { Node, NodeSpec, RoleSpec, Vantage } from '../environments/node.ts';
import type { NodeId, TopicPartition } from '../record/names.ts';
import type { Profile } from '../record/plan.ts';
import type { Recorder } from '../record/recorder.ts';

/** How a system is put together, known to be ready, and asked. */
export interface SystemKind<Spec extends JsonObject = JsonObject> {
  readonly name: string;
  /** Checks what a suite wrote; returns the spec with defaults, or every problem at once. Pure. */
  parse(topology: unknown): { readonly spec: Spec } | { readonly problems: readonly string[] };
  /** Roles, ports, volumes. Pure. */
  roles(spec: Spec, profile: Profile): readonly RoleSpec[];
  software(spec: Spec): readonly { readonly name: string; readonly version: string }[];
  /** Configuration and command of every node. Pure. `clusterId` is made by the run. */
  nodes(spec: Spec, profile: Profile, book: AddressBook, clusterId: string): readonly NodeSpec[];
  /**
   * Opens the handle through which the run talks to the system; clients open lazily, owned by the
   * scope.
   */
  connect(input: ConnectInput<Spec>): Promise<Sut>;
}

/** What a handle to a launched system is made of. */
export interface ConnectInput<Spec> {
  readonly spec: Spec;
  readonly profile: Profile;
  readonly book: AddressBook;
  readonly nodes: readonly Node[];
  readonly clusterId: string;
  readonly scope: Scope;
  readonly run: string;
}

/** The system under test. */
export interface Sut {
  readonly kind: string;
  /** Those that are members now: a resize changes it. */
  readonly nodes: readonly Node[];
  /** JSON for a worker: how to reach the system from this vantage. */
  view(from: Exclude<Vantage, 'peer'>): SutView;
  /** Clients in this process. */
  clients(from: Exclude<Vantage, 'peer'>): LogClients;
  /**
   * Ready: the process that answers is ours, all brokers are registered, nothing is
   * under-replicated.
   */
  readonly readiness: Probe<Readiness>;
  /** Node id of a broker number, and back. */
  nodeOf(broker: number): NodeId;
  /** Who leads the partition now; null when nobody does. Asked from the check vantage. */
  leaderOf(of: TopicPartition, signal: AbortSignal): Promise<NodeId | null>;
  /** Who holds an office now; null when nobody does. Throws for what this system does not have. */
  holder(of: Subject, signal: AbortSignal): Promise<NodeId | null>;
  /** Nodes that could hold an office, its holder among them. */
  candidates(of: Subject): readonly NodeId[];
  /**
   * The spec of a node with another version or configuration, and of one that is reserved and not
   * launched yet. Pure. Undefined: this system cannot be changed.
   */
  readonly specFor?: ((node: NodeId, change: SpecChange) => NodeSpec) | undefined;
  /** Nodes that are reserved and were never launched, in order. */
  readonly spare?: readonly NodeId[] | undefined;
  /** Takes launched nodes in as members, and lets members go that were taken out for good. */
  readonly admit?: ((nodes: readonly Node[]) => void) | undefined;
  readonly dismiss?: ((nodes: readonly NodeId[]) => void) | undefined;
  /** Whether the node answers a fresh round trip at this address, in its own protocol. */
  speaks(node: NodeId, port: string, at: Endpoint, signal: AbortSignal): Promise<boolean>;
  /** Tells the record what the system itself says at the end, before final reads. */
  readonly finalLook?: ((by: FinalLook) => Promise<void>) | undefined;
  /** Partitions of the topic with leader, epoch and ISR as node ids. */
  leadership(topics: readonly string[], signal: AbortSignal): Promise<readonly Leadership[]>;
  /**
   * Whether the node itself answers for its identity at the check listener: another angle than its
   * process.
   */
  answers(node: NodeId, signal: AbortSignal): Promise<boolean>;
  /**
   * Why a node that is down would not last if it were started now, in words; null when it would.
   * Undefined: every node can always come back.
   */
  readonly keptOut?: ((node: NodeId, signal: AbortSignal) => Promise<string | null>) | undefined;
  /** Where a replica's files are: a volume and a folder in it. */
  replicaFolder(of: TopicPartition): { readonly volume: string; readonly folder: string };
  /**
   * What the files of one replica hold, read from the node's volume past the system itself: the
   * third opinion on suspects. Null when the volume cannot be read.
   */
  readReplica(node: NodeId, of: TopicPartition): Promise<readonly ReadBatch[] | null>;
  /** Settings that bound a failover: { 'broker.session.timeout.ms': 3000, … }, as effective. */
  readonly timings: Readonly<Record<string, number>>;
}

/** What a last look is taken with. */
export interface FinalLook {
  readonly recorder: Recorder;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** What one node does for all. */
export type Subject =
  | { readonly leader: TopicPartition }
  | { readonly controller: true }
  | { readonly group: string }
  | { readonly transactionalId: string }
  | { readonly zookeeper: 'leader' };

/** What is to be different about a node. */
export interface SpecChange {
  readonly version?: string;
  /** The system's own keys; they win over what the node had. */
  readonly config?: Readonly<Record<string, string>>;
}

/** Who leads a partition and who is in sync, by node. */
export interface Leadership extends TopicPartition {
  readonly leader: NodeId | null;
  readonly epoch: number;
  readonly replicas: readonly NodeId[];
  readonly isr: readonly NodeId[];
}

/** One look at whether a system is ready. */
export interface Readiness {
  readonly ready: boolean;
  /** What is still missing, in words, or "ready". */
  readonly seen: string;
}
