/** What an environment can do to and with nodes; a fault names those that it needs. */
export const MEANING_OF = {
  'process.kill': "SIGKILL to the node's process",
  'process.crash': 'SIGKILL, and what supervises it starts it again',
  'process.terminate': 'SIGTERM',
  'process.start': 'start it again after it died',
  'process.pause': 'make it stand still and go on, with its connections open',
  'node.replace': 'the same node with another version or configuration',
  'node.add': 'launch nodes that were reserved, while the others run',
  'volume.read': "read the files of a node's volume, also while it is down",
  'volume.wipe': 'delete a volume or a folder in it',
  'volume.limit': 'a volume of a size that can be filled up',
  'volume.fail': 'writes to a volume fail',
  'link.cut': 'hold bytes of one direction of a pair; connections stay open',
  'link.slow': 'delay, jitter, bandwidth of one direction',
  'link.reset': 'reset the connections of a pair',
  'threads.dump': 'a thread dump of a running JVM',
  'cleanup.kernel': 'the kernel ends every process when the harness dies',
  'address.own': 'runs side by side have addresses of their own',
} as const;
/** One thing that an environment can do. */
export type Capability = keyof typeof MEANING_OF;
/** All of them. */
export const CAPABILITIES = Object.keys(MEANING_OF) as readonly Capability[];

/** What an environment offers, and for what it does not: why. */
export interface Capabilities {
  readonly offered: ReadonlySet<Capability>;
  readonly clock: 'real' | 'virtual';
  /** Kinds of system it can start: 'kafka', 'simlog'. */
  readonly start: 'jvm' | 'image' | 'virtual';
}

/** What a plan needs of an environment. */
export interface Needs {
  readonly capabilities: readonly Capability[];
  readonly software: readonly { readonly name: string; readonly version: string }[];
  /** Memory of all nodes together, in bytes; and disk for volumes and logs. */
  readonly memory: number;
  readonly disk: number;
}

/** One reason why a run cannot start here, with what to do. */
export interface Shortfall {
  readonly what: string;
  readonly hint: string;
  /**
   * `refused`: no set-up can help (exit 4). `not-ready`: the environment can be mended (exit 3).
   */
  readonly kind: 'refused' | 'not-ready';
}
