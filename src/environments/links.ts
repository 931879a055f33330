import type { Endpoint } from './endpoint.ts';

/**
 * Links between any two processes of a run that can be cut, slowed and reset, one pair and one
 * direction at a time. A link i→j carries bytes from i to j on every connection of the pair,
 * whoever opened it.
 */
export interface Links {
  /**
   * `stream`: bytes that are held were acknowledged to their sender's kernel, as a proxy does;
   * `packet`: they were not, as a packet filter does.
   */
  readonly oneWay: 'stream' | 'packet';
  /** Sets what is named of one direction and leaves the rest; returns when it is in force. */
  set(from: LinkEnd, to: LinkEnd, change: Partial<LinkState>): Promise<void>;
  /** Both directions of the pair as they were at the start; idempotent. */
  heal(one: LinkEnd, other: LinkEnd): Promise<void>;
  /** Resets every connection of the pair; how many there were. */
  reset(one: LinkEnd, other: LinkEnd): Promise<number>;
  look(from: LinkEnd, to: LinkEnd): Promise<LinkLook>;
  /**
   * Where `from` reaches the ports of `to` that it may come to, for a fresh round trip by the way
   * that it would take; none where it opens no connections, as nodes open none to load clients.
   */
  ways(from: LinkEnd, to: LinkEnd): readonly Way[];
  /**
   * Connections between the two that do not go through the link, in words; must be none. Throws
   * when that cannot be told.
   */
  around(one: LinkEnd, other: LinkEnd): Promise<readonly string[]>;
}

/** A node, or the load clients taken together. */
export type LinkEnd = string;

/** One port of an end, and where the other end reaches it. */
export interface Way {
  readonly port: string;
  readonly at: Endpoint;
}
/** The end of a link that stands for all load clients. */
export const LOAD_END: LinkEnd = 'load';

/** How one direction of a link is. */
export interface LinkState {
  /** Nothing gets through; connections stay open, new ones of the pair hang, whoever opens them. */
  readonly cut: boolean;
  /** New connections that `from` opens hang, those that are open go on. */
  readonly blackhole: boolean;
  /** Every byte arrives so much later, give or take the jitter, in milliseconds; order is kept. */
  readonly delayMs: number;
  readonly jitterMs: number;
  /** Null: as much as there is. */
  readonly bytesPerSecond: number | null;
}

/** One look at one direction of a link; counts since the run began. */
export interface LinkLook {
  readonly state: LinkState;
  /** Those that reach from end to end now, whoever opened them; not those that hang. */
  readonly connections: number;
  /** Of such connections. */
  readonly passedBytes: number;
  /** Of such connections: taken from the sender and not yet handed on. Kernels hold more. */
  readonly heldBytes: number;
}
