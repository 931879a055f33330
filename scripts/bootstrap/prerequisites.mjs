import { execFile } from 'node:child_process';
import { join } from 'node:path';

/** @typedef {'ran' | 'missing' | 'failed'} Fate */

const NODE_MIN = 20;
const JDK_MIN = 17;

/**
 * One line for each thing that is missing: what was expected, what was seen, what to do.
 *
 * @returns {Promise<string[]>}
 */
export async function findShortfalls() {
  if (nodeMajor(process.version) < NODE_MIN) {
    return [
      `expected Node ${NODE_MIN} or later; seen ${process.version}: install a newer Node.js ` +
        'and put its folder first on PATH',
    ];
  }
  const [java, javac, mvn] = await Promise.all([jdkTool('java'), jdkTool('javac'), maven()]);
  // Maven fails without Java, which is no news of its own.
  const lines = [java, javac, java !== undefined && mvn.fate === 'failed' ? undefined : mvn.line];
  return lines.filter((line) => line !== undefined);
}

/**
 * The major version in `v24.1.0`; NaN when there is none.
 *
 * @param {string} version
 */
export const nodeMajor = (version) => Number(/^v(\d+)\./.exec(version)?.[1] ?? Number.NaN);

/**
 * The major version in what `java -version` or `javac -version` says; 8 for `1.8.0_392`.
 *
 * @param {string} said
 */
export function javaMajor(said) {
  const found = /(?:version "|javac )(\d+)(?:\.(\d+))?/.exec(said);
  if (found === null) return Number.NaN;
  return Number(found[1] === '1' ? found[2] : found[1]);
}

/**
 * What a command says about its version, both streams in one. `fate` tells a command that runs
 * from one that is not there and from one that is there but fails.
 *
 * @param {string} file
 * @param {readonly string[]} args
 * @returns {Promise<{ fate: Fate, said: string }>}
 */
export function versionOf(file, args) {
  return new Promise((resolve) => {
    execFile(file, args, { timeout: 20_000 }, (error, stdout, stderr) => {
      const fate = error === null ? 'ran' : error.code === 'ENOENT' ? 'missing' : 'failed';
      resolve({ fate, said: `${stderr}${stdout}`.trim() });
    });
  });
}

/** @param {string} name */
async function jdkTool(name) {
  const home = process.env['JAVA_HOME'];
  const { fate, said } = await versionOf(home ? join(home, 'bin', name) : name, ['-version']);
  if (fate === 'ran' && javaMajor(said) >= JDK_MIN) return undefined;
  const where = home ? `in JAVA_HOME (${home})` : 'on PATH';
  const todo = home
    ? `point JAVA_HOME at a JDK ${JDK_MIN} or later, or unset it`
    : `install a JDK ${JDK_MIN} or later and put its bin folder on PATH, or set JAVA_HOME`;
  return `expected ${name} of JDK ${JDK_MIN} or later ${where}; seen ${seen(fate, said)}: ${todo}`;
}

async function maven() {
  const { fate, said } = await versionOf('mvn', ['--version']);
  if (fate === 'ran' && /Apache Maven \S+/.test(said)) return { fate, line: undefined };
  const line =
    'expected mvn (Apache Maven), which fetches the jars of the systems under test, on PATH; ' +
    `seen ${seen(fate, said)}: install Maven 3.6 or later and put its bin folder on PATH`;
  return { fate, line };
}

/** @param {Fate} fate @param {string} said */
function seen(fate, said) {
  if (fate === 'missing') return 'none';
  const line = said.split('\n')[0] || 'nothing';
  return fate === 'ran' ? `"${line}"` : `one that fails and says "${line}"`;
}
