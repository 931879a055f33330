import { statSync } from 'node:fs';
import { HighwaterError } from '../../../core/errors.ts';
import { runCommandOk } from '../../../core/exec.ts';
import { seconds } from '../../../core/time.ts';
import { livenessOf, type ProcessIdentity } from '../../../leases/process-identity.ts';
import { dumpFromLog } from '../../dump-in-log.ts';
import { catchesSignal } from './children.ts';
import { signalTo } from './owned-process.ts';
import { tiedToUs } from './tied-command.ts';

/**
 * Thread dumps of a JVM. jcmd meets the JVM at /tmp/.java_pid<N>, where N is the pid *inside* the
 * innermost namespace, whatever java.io.tmpdir says. Two runs have namespaces of their own and one
 * /tmp, so N must be unique over all runs, or jcmd of one answers for another: a run starts its
 * JVMs at inner pids that belong to its address block. Where that cannot be had, or there is no
 * jcmd, SIGQUIT makes the JVM print the dump to its log, from where it is read.
 */
export interface DumpTarget {
  readonly who: ProcessIdentity;
  readonly node: string;
  readonly logFile: string;
  /** Null when its attach address is not known to be its own, or there is no jcmd. */
  readonly jcmd: string | null;
}

const LIMIT = seconds(10);
const SIGQUIT = 3;

/** A thread dump as text; throws when the JVM does not give one in 10 s. */
export async function threadDump(target: DumpTarget, signal: AbortSignal): Promise<string> {
  if (livenessOf(target.who) !== 'alive') {
    throw new HighwaterError('NODE_DIED', `no thread dump of ${target.node}: it is down`);
  }
  return target.jcmd === null ? dumpToLog(target, signal) : dumpByJcmd(target.jcmd, target, signal);
}

async function dumpByJcmd(jcmd: string, target: DumpTarget, signal: AbortSignal): Promise<string> {
  const argv = tiedToUs([jcmd, String(target.who.pid), 'Thread.print']);
  return (await runCommandOk(argv, { signal, within: LIMIT })).stdout;
}

async function dumpToLog(target: DumpTarget, signal: AbortSignal): Promise<string> {
  // Before the JVM has set up its handler SIGQUIT would end it.
  if (process.platform === 'linux' && !catchesSignal(target.who.pid, SIGQUIT)) {
    throw new HighwaterError(
      'FAULT_FAILED',
      `no thread dump of ${target.node}: it is just starting`,
    );
  }
  const from = statSync(target.logFile).size;
  signalTo(target.who, 'SIGQUIT');
  return dumpFromLog({ node: target.node, logFile: target.logFile, from }, signal);
}
