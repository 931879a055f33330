import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { lstatSync, readFileSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, join, sep } from 'node:path';

/**
 * @typedef {object} Ended
 * @property {number | null} code
 * @property {NodeJS.Signals | null} signal
 * @property {boolean} interrupted
 * @property {string} output
 * @property {number} seconds
 */

const NOT_READY = 3;
const LIMIT_MS = 15 * 60_000;

/**
 * Installs the packages of the lockfile unless they are there already; gives an exit code.
 *
 * @param {string} root
 * @returns {Promise<number>}
 */
export async function installPackages(root) {
  const stamp = join(root, 'node_modules', '.highwater-stamp');
  const wanted = stampOf(root);
  if (readOr(stamp, '') === wanted) return 0;
  if (isLink(join(root, 'node_modules'))) {
    console.error(
      'not ready: expected node_modules to be a folder of this checkout; seen a symbolic link, ' +
        'and `npm ci` would delete what it leads to: remove the link, or install there',
    );
    return NOT_READY;
  }
  const ended = await npmCi(root);
  if (ended.code === 0) {
    writeFileSync(stamp, wanted);
    return 0;
  }
  if (ended.signal === 'SIGINT' || ended.interrupted) return 128 + constants.signals.SIGINT;
  const how = ended.signal === null ? `exit code ${ended.code}` : `signal ${ended.signal}`;
  console.error(ended.output.trimEnd());
  console.error(
    `not ready: expected \`npm ci\` to install the packages of package-lock.json; seen ${how}` +
      ` after ${ended.seconds} s: see the lines above; is the npm registry reachable?`,
  );
  return NOT_READY;
}

/**
 * What node_modules was made from; another lockfile or platform makes it stale.
 *
 * @param {string} root
 */
function stampOf(root) {
  const hash = createHash('sha256').update(readFileSync(join(root, 'package-lock.json')));
  return `${hash.digest('hex')} ${process.platform}-${process.arch}\n`;
}

/** @param {string} file @param {string} otherwise */
function readOr(file, otherwise) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return otherwise; // Not there: a fresh clone.
  }
}

/** @param {string} path */
const isLink = (path) => lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;

/** @param {string} root @returns {Promise<Ended>} */
function npmCi(root) {
  const progress = startProgress('packages from the lockfile');
  return new Promise((resolve) => {
    // No package of the lockfile has an install script; none that comes later is run unseen.
    const args = ['ci', '--ignore-scripts', '--include=dev', '--include=optional'];
    args.push('--no-audit', '--no-fund', '--loglevel=error');
    const child = spawn('npm', args, {
      cwd: root,
      env: { ...process.env, PATH: pathWithoutPackages(), NODE_ENV: 'development' },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: LIMIT_MS,
    });
    let output = '';
    let interrupted = false;
    const onInterrupt = () => {
      interrupted = true;
      child.kill('SIGINT');
    };
    const onTerminate = () => child.kill('SIGTERM');
    process.on('SIGINT', onInterrupt);
    process.on('SIGTERM', onTerminate);
    /** @type {(code: number | null, signal: NodeJS.Signals | null) => void} */
    const done = (code, signal) => {
      process.off('SIGINT', onInterrupt);
      process.off('SIGTERM', onTerminate);
      resolve({ code, signal, interrupted, output, seconds: progress.end(code === 0) });
    };
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        output += text;
      });
    }
    child.once('error', (error) => {
      output += `npm could not be started: ${error.message}\n`;
      if (child.pid === undefined) done(127, null);
    });
    child.once('close', done);
  });
}

/** PATH without any node_modules/.bin: npm must not run on the Node that it is about to replace. */
const pathWithoutPackages = () =>
  (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => !folder.includes(`node_modules${sep}.bin`))
    .join(delimiter);

/**
 * One line that counts seconds on a terminal; a line at the start and one at the end elsewhere.
 *
 * @param {string} what
 */
function startProgress(what) {
  const started = Date.now();
  const seconds = () => Math.round((Date.now() - started) / 1_000);
  const live = process.stderr.isTTY === true;
  const show = () => process.stderr.write(`\r${what}: ${seconds()} s `);
  if (live) show();
  else console.error(`${what}: installing`);
  const timer = live ? setInterval(show, 1_000) : undefined;
  return {
    /** @param {boolean} worked */
    end(worked) {
      clearInterval(timer);
      const line = `${what}: ${worked ? 'installed' : 'failed'} after ${seconds()} s`;
      process.stderr.write(`${live ? '\r' : ''}${line}\n`);
      return seconds();
    },
  };
}
