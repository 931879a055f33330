import { setTimeout as pause } from 'node:timers/promises';
import { HighwaterError } from '../core/errors.ts';
import { readFrom } from '../core/log-tail.ts';
import { ms, seconds } from '../core/time.ts';

/** Where a thread dump that was asked for by SIGQUIT will appear. */
export interface DumpPlace {
  readonly node: string;
  readonly logFile: string;
  /** How long the log was before. */
  readonly from: number;
}

const LIMIT = seconds(10);
/** The last line of the part about threads. */
const END_OF_DUMP = /^JNI global refs.*$/m;

/** Waits until a JVM has printed its threads to its log; throws when it has not after 10 s. */
export async function dumpFromLog(
  { node, logFile, from }: DumpPlace,
  signal: AbortSignal,
): Promise<string> {
  for (let waited = 0; waited < LIMIT; waited += 20) {
    const text = readFrom(logFile, from);
    const end = END_OF_DUMP.exec(text);
    if (end !== null) return text.slice(0, end.index + end[0].length);
    await pause(ms(20), undefined, { signal });
  }
  throw new HighwaterError('WAIT_TIMEOUT', `no thread dump of ${node} in its log after 10 s`, {
    hint: `see ${logFile}; is the process stopped?`,
  });
}
