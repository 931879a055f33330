import type { Endpoint } from '../endpoint.ts';

/** A port of a node to which links lead: from its peers, or from load clients. */
export interface LinkedPort {
  readonly node: string;
  /** As the role calls it. */
  readonly name: string;
  /** Its number inside of the node's network; other nodes may have the same. */
  readonly port: number;
  /** Load clients come to it; else peers do. */
  readonly isLoad: boolean;
  /** Where they come to: peers may do so by a name that only nodes can resolve. */
  readonly at: Endpoint;
}
