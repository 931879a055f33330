import type { Endpoint } from './environment.ts';

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
  /** Where `from` reaches a port of `to`: for a fresh round trip the way that it would take. */
  through(from: LinkEnd, to: LinkEnd, port: string): Endpoint;
  /** Connections between the two that do not go through the link, in words; must be none. */
  around(one: LinkEnd, other: LinkEnd): Promise<readonly string[]>;
}

/** A node, or the load clients taken together. */
export type LinkEnd = string;
/** The end of a link that stands for all load clients. */
export const LOAD_END: LinkEnd = 'load';

/** How one direction of a link is. */
export interface LinkState {
  /** Nothing gets through; connections stay open, new ones hang. */
  readonly cut: boolean;
  /** New connections hang, those that are open go on. */
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
  /** Open now, whoever opened them. */
  readonly connections: number;
  readonly passedBytes: number;
  /** Taken from the sender and not yet handed on. */
  readonly heldBytes: number;
}
