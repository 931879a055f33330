import type { AddressBook } from '../../environments/environment.ts';
import type { NodeSpec } from '../../environments/node.ts';
import type { Profile } from '../../record/plan.ts';
import { ensembleNodes } from '../zookeeper/node-specs.ts';
import { BROKER, CONTROLLER, type Member, membersOf } from './cluster-layout.ts';
import { imageOf, jarsOf } from './distribution.ts';
import { logging } from './logging.ts';
import { zookeeperSessionMs } from './profile-settings.ts';
import { serverProperties } from './server-properties.ts';
import type { KafkaSpec } from './spec.ts';

/** What a cluster's nodes are made from. */
export interface LayoutInput {
  readonly spec: KafkaSpec;
  readonly profile: Profile;
  readonly book: AddressBook;
  readonly clusterId: string;
}

/** Files and command of every node. Pure. */
export function nodeSpecs(input: LayoutInput): readonly NodeSpec[] {
  const { spec, profile, book } = input;
  const ofKafka = membersOf(spec, book).map((member) => nodeSpec(member, input));
  if (spec.zookeeper === null) return ofKafka;
  const sessionTimeoutMs = zookeeperSessionMs(spec, profile);
  return [...ensembleNodes({ spec: spec.zookeeper, profile, book, sessionTimeoutMs }), ...ofKafka];
}

/** Files and command of one node of Kafka. Pure. */
export function nodeSpec(member: Member, input: LayoutInput): NodeSpec {
  const { spec, profile, book, clusterId } = input;
  const log = logging(spec.version);
  const folder = book.filesOf(member.node);
  const config = `${folder}/server.properties`;
  return {
    id: member.node,
    role: member.isBroker ? BROKER : CONTROLLER,
    software: { name: 'kafka', version: spec.version },
    start: {
      jvm: {
        jars: jarsOf(spec.version),
        main: 'kafka.Kafka',
        flags: [...jvmFlags(spec, profile), log.flag(`${folder}/${log.file}`)],
        args: [config],
        prepare: spec.mode === 'kraft' ? [formatting(config, clusterId)] : [],
      },
      image: imageOf(spec.version),
    },
    files: { 'server.properties': serverProperties(member, input), [log.file]: log.text },
  };
}

/** A second format of the same volume is no error. Brokers on ZooKeeper are not formatted. */
const formatting = (config: string, clusterId: string) => ({
  main: 'kafka.tools.StorageTool',
  args: ['format', `--cluster-id=${clusterId}`, '-c', config, '--ignore-formatted'],
});

/**
 * Fast: quick to start and small. Production: as Kafka's own start script has it, so that pauses
 * and throughput are those of a real broker.
 */
function jvmFlags(spec: KafkaSpec, profile: Profile): readonly string[] {
  const heap = [`-Xms${Math.min(spec.heapMiB, 128)}m`, `-Xmx${spec.heapMiB}m`];
  const common = ['-Djava.awt.headless=true', '-XX:+ExitOnOutOfMemoryError'];
  return profile === 'fast'
    ? [...heap, '-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', ...common]
    : [
        ...heap,
        '-server',
        '-XX:+UseG1GC',
        '-XX:MaxGCPauseMillis=20',
        '-XX:InitiatingHeapOccupancyPercent=35',
        '-XX:+ExplicitGCInvokesConcurrent',
        ...common,
      ];
}
