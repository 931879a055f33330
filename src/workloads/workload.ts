import type { LogClients, MemberNews, SimulatedThread } from '../clients/kafka/port.ts';
import type { Clock } from '../core/clock.ts';
import type { JsonObject } from '../core/json.ts';
import type { Completion } from '../core/outcome.ts';
import type { Scope } from '../core/scope.ts';
import type { DeliveryDelta } from '../record/ledger.ts';
import type { SessionId, TopicPartition } from '../record/names.ts';
import type { Profile, TopicPlan } from '../record/plan.ts';
import type { Recorder } from '../record/recorder.ts';
import type { Sut } from '../systems/system.ts';

/** What is done to a system, and what is learnt from each attempt. */
export interface Workload<Params extends JsonObject = JsonObject> {
  readonly name: string;
  /** Checks parameters against the topics; returns them with defaults, or every problem. Pure. */
  parse(
    params: unknown,
    topics: readonly TopicPlan[],
    ground: WorkloadGround,
  ): { readonly params: Params } | { readonly problems: readonly string[] };
  /** Producer sessions of one sending worker. */
  producers(params: Params): number;
  /** Members of its consumer group, each a receiver in a worker of its own; 0 without a group. */
  members(params: Params): number;
  /** Opened in a worker: sends. */
  openSender(input: OpenInput<Params>): Promise<Sender>;
  /** Opened in a worker: receives until its scope closes; tells every delta. */
  openReceiver(input: OpenInput<Params>, tell: ReceiverTells): Promise<Receiver>;
  /** Group whose lag is watched; null without receiver. */
  groupOf(params: Params, run: string): string | null;
  /** Which of this workload's records a value is; null when it is none of this run's. */
  identify(
    value: Uint8Array,
    of: { readonly run: string; readonly params: Params },
  ): (TopicPartition & { readonly session: SessionId; readonly sequence: number }) | null;
  /** Reads the whole log back into the ledger, after load ended and everything is healed. */
  finalReads(input: FinalReadInput<Params>): Promise<void>;
}

/** What a workload is planned on; the system is null when it could not be planned itself. */
export interface WorkloadGround {
  readonly profile: Profile;
  readonly system: { readonly kind: string; readonly spec: JsonObject } | null;
}

/** What a worker of a workload is opened with. */
export interface OpenInput<Params> {
  readonly run: string;
  /** p0, p1, … for senders, the first where a worker has several; c0, c1, … for receivers. */
  readonly session: SessionId;
  /** Producer sessions of a sender. */
  readonly sessions: readonly SessionId[];
  readonly params: Params;
  readonly topics: readonly TopicPlan[];
  readonly clients: LogClients;
  readonly clock: Clock;
  readonly scope: Scope;
}

/** A partition as one producer session sends to it. */
export type Lane = TopicPartition & { readonly session: SessionId };

/** Sends the records of the sessions of one worker. */
export interface Sender extends AsyncDisposable {
  /** Where records go; slots go round over the lanes. */
  readonly lanes: readonly Lane[];
  /** Most records that one attempt can carry. */
  readonly attemptMax: number;
  /**
   * One attempt with the records first … first+count−1 of this session in this lane; never rejects.
   * Values carry run, session, partition, sequence and a CRC.
   */
  attempt(lane: number, first: number, count: number): Promise<Completion<unknown>>;
}

/** Reads along live. */
export interface Receiver extends AsyncDisposable {
  /** Stops handling records until resumed; it goes on as a member of its group. */
  pause(): void;
  resume(): void;
  /** Tells at once what was received and not told yet. */
  flush(): void;
  /** Of a simulated client only. */
  readonly simulated?: SimulatedThread | undefined;
  /** Rejects when the receiver died for good. */
  readonly ended: Promise<void>;
}

/** What a receiver tells. */
export interface ReceiverTells {
  deliveries(deltas: readonly DeliveryDelta[]): void;
  /** Records received since the last call, for the `consumed` series. */
  consumed(of: TopicPartition, records: number): void;
  /** What its membership came to. */
  member(news: MemberNews): void;
}

/** What the final read goes by. */
export interface FinalReadInput<Params> {
  readonly run: string;
  readonly params: Params;
  readonly topics: readonly TopicPlan[];
  readonly sut: Sut;
  readonly recorder: Recorder;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly progress: (doing: string) => void;
  /** What the senders attempted: to tell phantoms. */
  readonly attempted: readonly {
    readonly session: SessionId;
    readonly topic: string;
    readonly partition: number;
    readonly upTo: number;
  }[];
}
