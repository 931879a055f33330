import type { AddressBook } from '../../environments/environment.ts';
import type { NodeSpec } from '../../environments/node.ts';
import type { Profile } from '../../record/plan.ts';
import { ensembleImageOf, ensembleJarsOf } from './distribution.ts';
import { ENSEMBLE_DATA, type Server, serversOf, ZOOKEEPER } from './ensemble-layout.ts';
import type { EnsembleSpec } from './spec.ts';

/** What an ensemble's servers are made from. */
export interface EnsembleInput {
  readonly spec: EnsembleSpec;
  readonly profile: Profile;
  readonly book: AddressBook;
  /**
   * The longest session that its clients ask for; a longer one than the server's maximum is cut
   * down without a word.
   */
  readonly sessionTimeoutMs: number;
  /** ZooKeeper's own keys, which win over the layout's; none unless told. */
  readonly config?: Readonly<Record<string, string>>;
}

/**
 * The pattern of Kafka's own scripts, so that all logs of a run read alike: time, level, message.
 * In quotes, because what stands behind a comma is a time zone to logback.
 */
const LOGBACK = `<configuration>
  <statusListener class="ch.qos.logback.core.status.NopStatusListener"/>
  <appender name="stdout" class="ch.qos.logback.core.ConsoleAppender">
    <encoder>
      <pattern>[%d{"yyyy-MM-dd HH:mm:ss,SSS"}] %p %m \\(%c\\)%n</pattern>
    </encoder>
  </appender>
  <root level="INFO"><appender-ref ref="stdout"/></root>
</configuration>
`;

/**
 * Limits in ticks are those of ZooKeeper's sample configuration in the production profile. Fast:
 * short ticks, because sessions expire on them; as many that a busy machine does not lose a quorum;
 * and whoever is elected does not wait for all of initLimit when nobody comes: a follower that was
 * quicker than its leader tries again where it is refused, and gives up where a link takes its
 * connection and closes it.
 */
const TICKS = {
  fast: { tickTime: 500, initLimit: 20, syncLimit: 10, 'leader.maxTimeToWaitForEpoch': 500 },
  production: { tickTime: 2_000, initLimit: 10, syncLimit: 5 },
} as const;

/** Files and command of every server. Pure. */
export const ensembleNodes = (input: EnsembleInput): readonly NodeSpec[] =>
  serversOf(input.spec, input.book).map((server) => serverSpec(server, input));

/** Files and command of one server. Pure. */
export function serverSpec(server: Server, input: EnsembleInput): NodeSpec {
  const { spec, profile, book } = input;
  const folder = book.filesOf(server.node);
  return {
    id: server.node,
    role: ZOOKEEPER,
    software: { name: 'zookeeper', version: spec.version },
    start: {
      jvm: {
        jars: ensembleJarsOf(spec.version),
        main: 'org.apache.zookeeper.server.quorum.QuorumPeerMain',
        flags: [...jvmFlags(spec, profile), `-Dlogback.configurationFile=${folder}/logback.xml`],
        args: [`${folder}/zoo.cfg`],
        prepare: [],
      },
      image: ensembleImageOf(spec.version),
    },
    files: { 'zoo.cfg': zooCfg(server, input), 'logback.xml': LOGBACK },
    volumeFiles: { [ENSEMBLE_DATA]: { myid: `${server.number}\n` } },
  };
}

const jvmFlags = ({ heapMiB }: EnsembleSpec, profile: Profile): readonly string[] => [
  `-Xms${Math.min(heapMiB, 64)}m`,
  `-Xmx${heapMiB}m`,
  ...(profile === 'fast' ? ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC'] : []),
  '-Djava.awt.headless=true',
  '-XX:+ExitOnOutOfMemoryError',
];

function zooCfg(server: Server, input: EnsembleInput): string {
  const { spec, profile, book, sessionTimeoutMs, config } = input;
  const ticks = TICKS[profile];
  const client = book.listen(server.node, 'client', 'peer');
  const settings = {
    ...ticks,
    dataDir: book.volume(server.node, ENSEMBLE_DATA),
    clientPort: client.port,
    clientPortAddress: client.host,
    // Unless told, 2 to 20 ticks: a session beyond that is granted shorter, and nobody is told.
    minSessionTimeout: 2 * ticks.tickTime,
    maxSessionTimeout: Math.max(60_000, sessionTimeoutMs),
    maxClientCnxns: 0,
    '4lw.commands.whitelist': '*',
    'admin.enableServer': false,
    ...config,
  };
  const lines = Object.entries(settings).map(([key, value]) => `${key}=${value}\n`);
  return [...lines, ...memberLines(spec, book)].join('');
}

/** Nothing for one server alone: it then runs standalone, which is all that it can be. */
function memberLines(spec: EnsembleSpec, book: AddressBook): readonly string[] {
  if (spec.servers === 1) return [];
  return serversOf(spec, book).map(({ node, number }) => {
    const { host, port } = book.at(node, 'quorum', 'peer');
    return `server.${number}=${host}:${port}:${book.at(node, 'election', 'peer').port}\n`;
  });
}
