import type { Clock } from '../core/clock.ts';
import type { Scope } from '../core/scope.ts';
import type { LeaseBook } from '../leases/lease-book.ts';
import type { Capabilities, Needs, Shortfall } from './capabilities.ts';
import type { Endpoint } from './endpoint.ts';
import type { Links } from './links.ts';
import type { Node, NodeSpec, RoleSpec, Vantage } from './node.ts';

/** Where things run. The port knows roles, ports, volumes and processes; no word of Kafka. */
export interface Environment extends AsyncDisposable {
  readonly name: string;
  readonly offers: Capabilities;
  readonly clock: Clock;
  /**
   * Of a system that is there already and is adopted: the id by which it answers as itself. Unless
   * told, whatever is launched here gets a new one.
   */
  readonly identity?: string;
  /** Looks whether a run could start here; starts nothing. */
  preflight(needs: Needs, signal: AbortSignal): Promise<readonly Shortfall[]>;
  /**
   * Takes addresses for all roles, up to countMax; held until the run's scope closes. With links of
   * a class, everything of that class goes through the environment's hands.
   */
  reserve(
    roles: readonly RoleSpec[],
    run: RunContext,
    links?: readonly LinkClass[],
  ): Promise<AddressBook>;
  /**
   * Starts nodes side by side and returns when their processes run (not: are ready). May be called
   * again for nodes that were reserved and not launched yet.
   */
  launch(nodes: readonly NodeSpec[], book: AddressBook, run: RunContext): Promise<readonly Node[]>;
  /** What this run still holds of the world; must be empty after the scope closed. */
  census(run: RunContext): Promise<readonly Leftover[]>;
}

/** Links among nodes, or between load clients and nodes. */
export type LinkClass = 'peer' | 'load';

/** What an environment gets to know of the run that it works for. */
export interface RunContext {
  readonly run: string;
  /** The run directory, absolute; node logs go to `logs/` below it. */
  readonly directory: string;
  readonly scope: Scope;
  readonly leases: LeaseBook;
  readonly signal: AbortSignal;
  /** Told in a few words what is being done, for progress lines. */
  readonly progress: (doing: string) => void;
}

/** Addresses and paths of a run; stable for all of it. */
export interface AddressBook {
  /** Node ids of a role in order: `broker-1`, `broker-2`, … up to countMax. */
  nodesOf(role: string): readonly string[];
  /**
   * Where a node's port is reached from a vantage. From `peer` the host may be a name that only
   * nodes of the run can resolve.
   */
  at(node: string, port: string, from: Vantage): Endpoint;
  /** Where the node itself listens for that vantage: another place than `at` behind a link. */
  listen(node: string, port: string, from: Vantage): Endpoint;
  /** Null when none were reserved. */
  readonly links: Links | null;
  /** Absolute path of a node's volume, as the node sees it. */
  volume(node: string, volume: string): string;
  /** Absolute path of the folder that a NodeSpec's files are written to, as the node sees it. */
  filesOf(node: string): string;
}

/** Something of a run that is still there. */
export interface Leftover {
  readonly kind:
    | 'process'
    | 'address-block'
    | 'folder'
    | 'lock'
    | 'mount'
    | 'container'
    | 'volume'
    | 'network'
    | 'namespace';
  readonly what: string;
}
