import type { Clock } from '../core/clock.ts';
import type { Bytes } from '../core/units.ts';

/** Who looks or calls. A system lays out one listener per vantage; no fault may touch `check`. */
export type Vantage = 'peer' | 'load' | 'check';

/** What a system needs of a role, before addresses are known. */
export interface RoleSpec {
  readonly role: string;
  readonly count: number;
  /** Addresses are reserved for this many, so that a resize never leaves what was reserved. */
  readonly countMax: number;
  readonly ports: readonly PortSpec[];
  readonly volumes: readonly string[];
  /** Volumes that are of a limited size; the others take what the disk has. */
  readonly volumeLimits?: Readonly<Record<string, Bytes>>;
  readonly memory: Bytes;
  /**
   * Its nodes decide by majority: without most of them nothing is decided, and one that forgot its
   * vote may decide twice.
   */
  readonly votes?: boolean;
}

/** One port of a role: a listener for each vantage that comes to it, unless it says otherwise. */
export interface PortSpec {
  readonly name: string;
  readonly from: readonly Vantage[];
  /** The software can listen in one place only: all vantages come to the first one's. */
  readonly oneListener?: boolean;
}

/** Everything that an environment needs to start one node. */
export interface NodeSpec {
  readonly id: string;
  readonly role: string;
  readonly software: { readonly name: string; readonly version: string };
  readonly start: {
    readonly jvm?: JvmStart;
    /** Where the same JVM finds its classes in an image. */
    readonly image?: ImageStart;
    readonly virtual?: NodeBehaviour;
  };
  /** Relative path → text; written below book.filesOf(node) before each start. */
  readonly files: Readonly<Record<string, string>>;
  /** The same for files that have to lie in a volume, by volume; they outlive a wipe, therefore. */
  readonly volumeFiles?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** A JVM's command. */
export interface JvmStart {
  /**
   * Maven coordinates `group:artifact:version`; their runtime dependencies come along. The class
   * path.
   */
  readonly jars: readonly string[];
  readonly main: string;
  readonly flags: readonly string[];
  readonly args: readonly string[];
  /**
   * Run one after the other before the first start of the node, while its volumes are new; must
   * exit 0.
   */
  readonly prepare: readonly { readonly main: string; readonly args: readonly string[] }[];
}

/** An image with a `java` on its PATH that has the software of a node. */
export interface ImageStart {
  /** As it is published upstream: `apache/kafka:4.3.1`. */
  readonly reference: string;
  /** Where jars may be in images of this software; places that an image lacks are passed over. */
  readonly classPath: readonly string[];
}

/** How a virtual node behaves: booted, and killed, by the memory environment. */
export interface NodeBehaviour {
  /** The process runs: the node starts on its machine. */
  boot(machine: VirtualMachine): void;
  /**
   * The process is gone when this returns. SIGKILL: at once, whatever it was doing; SIGTERM: it may
   * take leave first, without waiting for anything.
   */
  die(signal: 'SIGKILL' | 'SIGTERM'): void;
  /**
   * The process stands still until `thaw`: it does and answers nothing, what is sent to it waits,
   * and time goes on without it. One that has neither cannot be paused.
   */
  freeze?(): void;
  thaw?(): void;
}

/** What a virtual node finds around it at each boot. */
export interface VirtualMachine {
  readonly clock: Clock;
  /**
   * By name; each maps a file's path to its content, one character a byte. They outlive the node.
   */
  readonly volumes: ReadonlyMap<string, Map<string, string>>;
  /** Writes one line to the node's log, at once. */
  log(line: string): void;
  /** Ends the node's own process, by itself; `die` is not called. */
  exit(code: number): void;
}

/** What is known of a node right now. */
export interface NodeState {
  readonly state: 'up' | 'down' | 'paused';
  /** Identifies one life of the process: pid and start time. Null when down. */
  readonly incarnation: string | null;
  /** How it ended, when down and known: "signal SIGKILL", "exit code 1". */
  readonly ended: string | null;
}

/** What can be done to a node; which of them exist depends on the environment. */
export interface Controls {
  readonly process: {
    /**
     * Sends the signal and returns once it is sent; `look` tells the effect. Idempotent on a dead
     * node.
     */
    kill(signal: 'SIGKILL' | 'SIGTERM'): Promise<void>;
    /**
     * Starts the node again with its files, volumes and addresses; returns when the process runs.
     */
    start(signal: AbortSignal): Promise<string>;
    /** SIGSTOP: the process stands still, its connections stay open. Undefined: not on offer. */
    readonly pause?: (() => Promise<void>) | undefined;
    /** SIGCONT. Idempotent. */
    readonly resume?: (() => Promise<void>) | undefined;
    /**
     * Starts the node, which must be down, as the next spec has it: the same id, addresses and
     * volumes. Undefined: not on offer.
     */
    readonly replace?: ((next: NodeSpec, signal: AbortSignal) => Promise<string>) | undefined;
    /** Fetches what the node needs as the next spec has it, while it goes on as it is. */
    readonly provide?: ((next: NodeSpec, signal: AbortSignal) => Promise<void>) | undefined;
    /**
     * SIGKILL, and whatever supervises the node here starts it again at once; `kill` keeps it away.
     * Undefined: nothing does.
     */
    readonly crash?: (() => Promise<void>) | undefined;
  };
  readonly volumes: {
    /** Paths relative to the volume with sizes; empty when the folder does not exist. */
    list(
      volume: string,
      folder?: string,
    ): Promise<readonly { readonly path: string; readonly bytes: number }[]>;
    read(volume: string, path: string): Promise<Uint8Array>;
    /** Deletes a folder of the volume, or all that is in it; the node must be down. */
    wipe(volume: string, folder?: string): Promise<void>;
    /** What is free of a volume with a limit, in bytes; null when it has none. */
    readonly free?: ((volume: string) => Promise<number | null>) | undefined;
    /** Fills a volume with a limit to its last byte, by a file of ours; `drain` takes it away. */
    readonly fill?: ((volume: string) => Promise<void>) | undefined;
    readonly drain?: ((volume: string) => Promise<void>) | undefined;
    /** From now on writes to the volume fail; `mend` undoes it. Both are idempotent. */
    readonly fail?: ((volume: string) => Promise<void>) | undefined;
    readonly mend?: ((volume: string) => Promise<void>) | undefined;
  };
  readonly threads: {
    /** A thread dump of the running JVM as text. */
    dump(signal: AbortSignal): Promise<string>;
  };
}
/** Names a group of controls. */
export type ControlKind = keyof Controls;

/** One running node. The environment that launched it ends it. */
export interface Node {
  readonly id: string;
  readonly role: string;
  readonly spec: NodeSpec;
  /** Looks anew each time. */
  look(signal: AbortSignal): Promise<NodeState>;
  /** Undefined when it is not on offer here. */
  control<Kind extends ControlKind>(kind: Kind): Controls[Kind] | undefined;
  /**
   * Path of the log that its output goes to, inside the run directory; undefined when it writes
   * none.
   */
  readonly logFile: string | undefined;
}
