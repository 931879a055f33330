import { loggingOf } from './distribution.ts';

/**
 * `[2026-05-04 03:12:09,318] INFO …`: the pattern of Kafka's own scripts, kept for readers of logs.
 */
const PATTERN = '[%d{yyyy-MM-dd HH:mm:ss,SSS}] %p %m (%c)%n';

const RELOAD4J = `log4j.rootLogger=INFO, stdout
log4j.appender.stdout=org.apache.log4j.ConsoleAppender
log4j.appender.stdout.target=System.out
log4j.appender.stdout.layout=org.apache.log4j.PatternLayout
log4j.appender.stdout.layout.ConversionPattern=${PATTERN}
log4j.logger.kafka=INFO
log4j.logger.org.apache.kafka=INFO
log4j.logger.state.change.logger=INFO
`;

const LOG4J2 = `status=ERROR
appender.stdout.type=Console
appender.stdout.name=stdout
appender.stdout.target=SYSTEM_OUT
appender.stdout.layout.type=PatternLayout
appender.stdout.layout.pattern=${PATTERN}
rootLogger.level=INFO
rootLogger.appenderRefs=stdout
rootLogger.appenderRef.stdout.ref=stdout
`;

/** The logging file of a version of Kafka, and the JVM flag that names it, to standard output. */
export function logging(version: string): {
  readonly file: string;
  readonly text: string;
  flag(path: string): string;
} {
  return loggingOf(version) === 'log4j2'
    ? {
        file: 'log4j2.properties',
        text: LOG4J2,
        flag: (path) => `-Dlog4j2.configurationFile=${path}`,
      }
    : {
        file: 'log4j.properties',
        text: RELOAD4J,
        flag: (path) => `-Dlog4j.configuration=file:${path}`,
      };
}
