import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { MessagePort } from 'node:worker_threads';
import type { LogClients } from '../../clients/kafka/port.ts';
import { type Clock, realClock } from '../../core/clock.ts';
import { messageOf } from '../../core/errors.ts';
import type { Workload } from '../../workloads/workload.ts';
import type { WorkerCommand, WorkerNews } from '../messages.ts';
import type { WorkerJob } from '../pool.ts';
import {
  ALIVE_EVERY,
  FROZEN,
  type ThreadCommand,
  type ThreadData,
  type ThreadNews,
} from '../thread-messages.ts';
import { openBody } from './worker-body.ts';
import type { WorkerBody } from './worker-parts.ts';

/** What the module that a worker thread runs has to give. */
export interface ServeInput {
  readonly data: ThreadData;
  readonly port: MessagePort;
  readonly workloadOf: (name: string) => Workload;
  readonly clientsOf: (job: WorkerJob) => LogClients;
}

/** How finely the event loop's delay is sampled. */
const LOOP_DELAY_RESOLUTION_MS = 5;

/**
 * Runs a load worker in this thread until it is told to close; the conductor then ends the thread.
 */
export function serveLoadWorker({ data, port, workloadOf, clientsOf }: ServeInput): void {
  const { job } = data;
  const gate = new Int32Array(data.gate);
  const say = (news: WorkerNews | ThreadNews): void => port.postMessage(news);
  const failed = (thrown: unknown): void => say({ kind: 'failed', message: messageOf(thrown) });
  const clock = realClock(job.clockOrigin ?? undefined);
  const open = (): WorkerBody =>
    openBody({
      job,
      workload: workloadOf(job.workload.name),
      clients: clientsOf(job),
      clock,
      say,
      loopDelayP99: loopDelay(),
    });
  let body = data.standby ? undefined : open();
  const over = new AbortController();
  stayAlive(clock, over.signal, say).catch(failed);

  // What was attempted must not be missing in the ledger only because something else broke: a
  // record in the log that nobody knows to have sent would be taken for a phantom.
  process.on('uncaughtException', (thrown) => {
    body?.report();
    failed(thrown);
  });
  const close = async (): Promise<void> => {
    over.abort(new Error('the worker is closed'));
    await body?.close();
    say({ kind: 'closed' });
  };
  port.on('message', (command: WorkerCommand | ThreadCommand) => {
    if (command.kind === 'close') {
      close().catch(failed);
      return;
    }
    if (command.kind === 'open') body ??= open();
    else body?.hear(command);
    // As a handler that does not return: nothing else happens in this thread until the conductor
    // opens the gate.
    if (command.kind === 'act' && command.what === 'freeze') Atomics.wait(gate, 0, FROZEN);
  });
}

async function stayAlive(
  clock: Clock,
  signal: AbortSignal,
  say: (news: ThreadNews) => void,
): Promise<void> {
  while (!signal.aborted) {
    say({ kind: 'alive' });
    await clock.sleep(ALIVE_EVERY, signal).catch(() => {
      // Called off when the worker is closed.
    });
  }
}

/** p99 of the delay beyond the sampling interval since the last call, in milliseconds. */
function loopDelay(): () => number {
  const histogram = monitorEventLoopDelay({ resolution: LOOP_DELAY_RESOLUTION_MS });
  histogram.enable();
  return () => {
    const p99 = histogram.count === 0 ? 0 : histogram.percentile(99) / 1e6;
    histogram.reset();
    return Math.max(0, p99 - LOOP_DELAY_RESOLUTION_MS);
  };
}
