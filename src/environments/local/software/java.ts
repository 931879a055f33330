import { join } from 'node:path';
import { HighwaterError, messageOf } from '../../../core/errors.ts';
import { runCommand } from '../../../core/exec.ts';
import { seconds } from '../../../core/time.ts';
import { isExecutable } from './on-path.ts';

/** A Java runtime, as it described itself. */
export interface Java {
  /** Absolute path of the `java` that was asked for, resolved past wrappers. */
  readonly java: string;
  /** Absolute path of `jcmd` beside it; null in a runtime without tools. */
  readonly jcmd: string | null;
  /** "17.0.15". */
  readonly version: string;
  /** 17 */
  readonly feature: number;
  /** Distinguishes builds for class-data archives: "17.0.15+6-Debian-1deb12u1 Debian". */
  readonly build: string;
}

/** The oldest Java that nodes are started with. */
export const JAVA_MIN = 17;

const HINT = `install a JDK ${JAVA_MIN} or later and put it on the PATH or in JAVA_HOME`;

/**
 * Which command is meant by the options and the environment: an override, JAVA_HOME, or the PATH.
 */
export function javaCommand(
  override: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): string {
  if (override !== undefined) return override;
  const home = env['JAVA_HOME'];
  return home ? join(home, 'bin', 'java') : 'java';
}

/** Asks Java who it is; throws ENV_NOT_READY when there is none or none that we can use. */
export async function findJava(command: string, signal: AbortSignal): Promise<Java> {
  const ran = await askJava(command, signal);
  const found = parseJavaSettings(ran.stderr + ran.stdout);
  if (ran.code !== 0 || found === null) {
    const said = ran.stderr.trim().split('\n')[0] ?? '';
    throw new HighwaterError('ENV_NOT_READY', `"${command} -version" did not tell: ${said}`, {
      hint: HINT,
    });
  }
  const bin = join(found.home, 'bin');
  const jcmd = join(bin, 'jcmd');
  const { version, feature, build } = found;
  return {
    java: join(bin, 'java'),
    jcmd: isExecutable(jcmd) ? jcmd : null,
    version,
    feature,
    build,
  };
}

async function askJava(
  command: string,
  signal: AbortSignal,
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  try {
    const argv = [command, '-XshowSettings:properties', '-version'];
    return await runCommand(argv, { signal, within: seconds(30) });
  } catch (cause) {
    signal.throwIfAborted();
    throw new HighwaterError('ENV_NOT_READY', `no Java: ${messageOf(cause)}`, {
      hint: HINT,
      cause,
    });
  }
}

/** Reads what `java -XshowSettings:properties -version` prints. */
export function parseJavaSettings(
  text: string,
): { home: string; version: string; feature: number; build: string } | null {
  const property = (name: string): string | undefined =>
    text.match(new RegExp(`^\\s*${name.replaceAll('.', '\\.')} = (.*)$`, 'm'))?.[1]?.trim();
  const [home, version] = [property('java.home'), property('java.version')];
  // "1.8.0_402" is Java 8.
  const feature = Number.parseInt((version ?? '').replace(/^1\./, ''), 10);
  if (home === undefined || version === undefined || Number.isNaN(feature)) return null;
  const build = [property('java.vm.version') ?? version, property('java.vm.vendor') ?? ''].join(
    ' ',
  );
  return { home, version, feature, build: build.trim() };
}
