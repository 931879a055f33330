import type { ImageStart } from '../../environments/node.ts';

/** One version for all three, whatever ZooKeeper's own pom says: they must match. */
const SLF4J = '2.0.13';
const LOGBACK = '1.3.15';

/**
 * Maven coordinates of a server. snappy and metrics-core are `provided` in its pom and wanted at
 * run time; 3.9 brings no logging binding, and 3.8 one that fits its own slf4j only.
 */
export const ensembleJarsOf = (version: string): readonly string[] => [
  `org.apache.zookeeper:zookeeper:${version}`,
  'org.xerial.snappy:snappy-java:1.1.10.5',
  'io.dropwizard.metrics:metrics-core:4.1.12.1',
  `org.slf4j:slf4j-api:${SLF4J}`,
  `ch.qos.logback:logback-core:${LOGBACK}`,
  `ch.qos.logback:logback-classic:${LOGBACK}`,
];

/** The image that Docker publishes as an official one, and where it and ours have the jars. */
export const ensembleImageOf = (version: string): ImageStart => ({
  reference: `zookeeper:${version}`,
  classPath: [`/apache-zookeeper-${version}-bin/lib/*`, '/opt/zookeeper/lib/*'],
});
