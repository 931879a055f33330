import { createHash } from 'node:crypto';
import { HighwaterError } from '../../../core/errors.ts';

/** A Maven coordinate, taken apart. */
export interface Coordinate {
  readonly group: string;
  readonly artifact: string;
  readonly version: string;
  /** `group:artifact:version@jar`: that jar alone, without what it depends on. */
  readonly alone: boolean;
}

const COORDINATE = /^([\w.-]+):([\w.-]+):([\w.+-]+)(@jar)?$/;

/** Reads `group:artifact:version`, or the same with `@jar`. */
export function parseCoordinate(text: string): Coordinate {
  const [, group, artifact, version, alone] = COORDINATE.exec(text) ?? [];
  if (group === undefined || artifact === undefined || version === undefined) {
    throw new HighwaterError('SCENARIO_INVALID', `not a Maven coordinate: "${text}"`, {
      hint: 'write group:artifact:version, for example org.example:server:1.2.3',
    });
  }
  return { group, artifact, version, alone: alone !== undefined };
}

/** The name of a distribution in the cache: readable start, then a hash of all coordinates. */
export function distributionKey(jars: readonly string[]): string {
  const first = parseCoordinate(jars[0] ?? '');
  const hash = createHash('sha256')
    .update(['pom-1', ...jars].join('\n'))
    .digest('hex');
  return `${first.artifact}-${first.version}-${hash.slice(0, 12)}`;
}

const dependency = (jar: Coordinate): string => `
    <dependency>
      <groupId>${jar.group}</groupId>
      <artifactId>${jar.artifact}</artifactId>
      <version>${jar.version}</version>${jar.alone ? EXCLUDE_ALL : ''}
    </dependency>`;

const EXCLUDE_ALL = `
      <exclusions><exclusion><groupId>*</groupId><artifactId>*</artifactId></exclusion></exclusions>`;

/** A pom that depends on the given jars and builds nothing. */
export const pomOf = (jars: readonly string[]): string => `<?xml version="1.0" encoding="UTF-8"?>
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>highwater.generated</groupId>
  <artifactId>distribution</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>${jars.map((jar) => dependency(parseCoordinate(jar))).join('')}
  </dependencies>
</project>
`;
