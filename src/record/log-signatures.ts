interface FatalSignature {
  readonly name: string;
  readonly pattern: RegExp;
  /** Faults whose targets say this because of it, and of nothing else; none unless told. */
  readonly broughtBy?: readonly string[];
}

/** A broker whose only log directory fails halts (KIP-112), in KRaft mode its metadata log too. */
const DISK_FAULTS: readonly string[] = ['disk-full', 'disk-failed'];

/**
 * The closed list of log lines that no run may hold, whatever was done to it: a node that says one
 * of these did not survive a fault, it is broken. SIGKILL by a fault writes no line at all, and
 * recovery after it writes warnings only. Everything else of level ERROR is counted and shown: a
 * wide net of patterns with a list of exceptions is how real failures came to be overlooked.
 */
export const FATAL_SIGNATURES: readonly FatalSignature[] = [
  { name: 'out of memory', pattern: /java\.lang\.OutOfMemoryError|OutOfMemoryError: / },
  { name: 'crash of the JVM', pattern: /A fatal error has been detected by the Java Runtime/ },
  { name: 'no memory for the JVM', pattern: /insufficient memory for the Java Runtime/ },
  { name: 'JVM did not start', pattern: /Could not create the Java Virtual Machine/ },
  { name: 'deadlock', pattern: /Found \d+ Java-level deadlock|Found one Java-level deadlock/ },
  // kafka.Kafka's main, and BrokerServer/ControllerServer.startup.
  { name: 'fatal exception', pattern: /Exiting Kafka due to fatal exception/ },
  { name: 'failed start-up', pattern: /Fatal error during .{0,40}startup/ },
  // org.apache.kafka.server.fault.ProcessTerminatingFaultHandler and LoggingFaultHandler.
  { name: 'fatal fault', pattern: /Encountered fatal fault/, broughtBy: DISK_FAULTS },
  // QuorumPeerMain.main of ZooKeeper, and ZooKeeperCriticalThread when it can write no more.
  {
    name: 'ZooKeeper gave up',
    pattern: /, exiting abnormally|Severe unrecoverable error/,
  },
  {
    name: 'all log folders failed',
    pattern: /Shutdown broker because all log dirs in .* have failed/,
    broughtBy: DISK_FAULTS,
  },
];

/** The name of the first signature that a line bears; null when it bears none. */
export const fatalSignatureOf = (line: string): string | null =>
  FATAL_SIGNATURES.find(({ pattern }) => pattern.test(line))?.name ?? null;

/** Whether a fault makes its targets say this: a node that gives up has to say why. */
export const isBroughtBy = (signature: string, fault: string): boolean =>
  FATAL_SIGNATURES.find(({ name }) => name === signature)?.broughtBy?.includes(fault) === true;
