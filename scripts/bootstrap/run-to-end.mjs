import { spawn } from 'node:child_process';
import { constants } from 'node:os';

const BUG = 70;
const SIGNALS = /** @type {const} */ (['SIGINT', 'SIGHUP', 'SIGTERM']);

/**
 * Runs a command with our standard streams to its end and gives the exit code to leave with: its
 * own, or 128 + n when signal n ended it.
 *
 * Ctrl-C on a terminal goes to the whole process group, so the command has it already and this
 * process only must not leave before it. Without a terminal SIGINT was sent to this process alone
 * (by npm, or by a CI system that cancels) and is passed on, as SIGTERM always is.
 *
 * @param {readonly string[]} argv
 * @returns {Promise<number>}
 */
export function runToEnd([file = '', ...args]) {
  return new Promise((resolve) => {
    const child = spawn(file, args, { stdio: 'inherit' });
    const passOn = (/** @type {NodeJS.Signals} */ signal) => {
      if (signal === 'SIGTERM' || !process.stdin.isTTY) child.kill(signal);
    };
    for (const signal of SIGNALS) process.on(signal, passOn);
    const done = (/** @type {number} */ code) => {
      for (const signal of SIGNALS) process.off(signal, passOn);
      resolve(code);
    };
    child.once('error', (error) => {
      if (child.pid !== undefined) return;
      console.error(`${file} could not be started: ${error.message}`);
      done(BUG);
    });
    child.once('exit', (code, signal) =>
      done(code ?? 128 + constants.signals[signal ?? 'SIGKILL']),
    );
  });
}
