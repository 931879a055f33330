import type { ImageStart } from '../../environments/node.ts';

/** KRaft was declared ready for production in Kafka 3.3 (KIP-833). */
export const KRAFT_SINCE = '3.3.0';

/** Kafka 4 took the ZooKeeper mode out (KIP-833). */
export const ZOOKEEPER_UNTIL = '4.0.0';

/** The published class files of Kafka 4 and later log through log4j 2 (KIP-653). */
const LOG4J2_SINCE = '4.0.0';

/** One version for API, core and binding, whatever Kafka's own pom says: they must match. */
const LOG4J2 = '2.25.4';

/**
 * Orders versions by their numbers: negative when `one` comes first. Pre-release suffixes do not
 * occur: specs take three numbers only.
 */
export function compareVersions(one: string, other: string): number {
  const [left, right] = [one, other].map((version) => version.split('.').map(Number));
  for (let index = 0; index < 3; index += 1) {
    const difference = (left?.[index] ?? 0) - (right?.[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Which logging configuration a version of Kafka understands. */
export const loggingOf = (version: string): 'reload4j' | 'log4j2' =>
  compareVersions(version, LOG4J2_SINCE) >= 0 ? 'log4j2' : 'reload4j';

/**
 * Maven coordinates of a broker with its tools. Kafka publishes no logging binding: without one a
 * broker of 4.x prints nothing at all.
 */
export function jarsOf(version: string): readonly string[] {
  const kafka = [
    `org.apache.kafka:kafka_2.13:${version}`,
    `org.apache.kafka:kafka-tools:${version}`,
  ];
  if (loggingOf(version) === 'reload4j') return [...kafka, 'org.slf4j:slf4j-reload4j:1.7.36'];
  return [
    ...kafka,
    `org.apache.logging.log4j:log4j-api:${LOG4J2}`,
    `org.apache.logging.log4j:log4j-core:${LOG4J2}`,
    `org.apache.logging.log4j:log4j-slf4j-impl:${LOG4J2}`,
  ];
}

/** The image that the project publishes (since 3.7); where it and Confluent's have the jars. */
export const imageOf = (version: string): ImageStart => ({
  reference: `apache/kafka:${version}`,
  classPath: ['/opt/kafka/libs/*', '/usr/share/java/kafka/*'],
});
