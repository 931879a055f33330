import { join } from 'node:path';
import { HighwaterError } from '../../../core/errors.ts';
import { lastLines } from '../../../core/log-tail.ts';
import {
  endOfShort,
  type Launcher,
  type OwnedProcess,
  showEnded,
} from '../processes/owned-process.ts';
import type { RunMaven } from './distribution.ts';
import { onPath } from './on-path.ts';

/** What to do when Maven is missing. */
export const MAVEN_HINT = 'install Maven 3.6 or later and put mvn on the PATH';

/** Maven as a process of the run, so that it ends when the harness does. */
export const mavenOf = (
  launcher: Launcher,
  env: Readonly<Record<string, string | undefined>>,
  told: (process: OwnedProcess) => void,
): RunMaven => {
  return async (argv, cwd, signal) => {
    const mvn = onPath('mvn', env);
    if (mvn === null) {
      throw new HighwaterError(
        'ENV_NOT_READY',
        'the jars are not cached, and there is no mvn to get them',
        {
          hint: MAVEN_HINT,
        },
      );
    }
    const logFile = join(cwd, 'maven.log');
    const whole = Object.fromEntries(
      Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined),
    );
    const command = { label: 'maven', argv: [mvn, ...argv.slice(1)], cwd, env: whole, logFile };
    const running = await launcher.start({ ...command, ownPid: false });
    if (running.who !== null) told(running);
    const ended = await endOfShort(running, signal);
    if (ended.code === 0) return;
    const lines = lastLines(logFile, 40);
    throw new HighwaterError('ENV_NOT_READY', `mvn: ${showEnded(ended)}: ${mavenSaid(lines)}`, {
      hint: 'is the version right, and is Maven Central (or its mirror in settings.xml) reachable?',
      facts: { lines: [...lines] },
    });
  };
};

/** The line of Maven's output that says what went wrong. */
export function mavenSaid(lines: readonly string[]): string {
  const errors = lines.filter((line) => line.includes('[ERROR]'));
  const first =
    errors.find((line) => !line.includes('[Help') || line.includes('Failed')) ?? lines.at(-1);
  return (first ?? 'it said nothing').replace(/^.*\[ERROR\]\s*/, '').trim();
}
