import { Worker } from 'node:worker_threads';
import type { RealClock } from '../core/clock.ts';
import { messageOf } from '../core/errors.ts';
import { ms, type Span, seconds } from '../core/time.ts';
import { crewOf, type WorkerLine } from './crew.ts';
import { deferred } from './deferred.ts';
import type { WorkerNews } from './messages.ts';
import type { LoadPool, LoadTells, WorkerJob } from './pool.ts';
import { ALIVE_EVERY, type ThreadCommand, type ThreadNews } from './thread-messages.ts';

export interface ThreadPoolInput {
  readonly jobs: readonly WorkerJob[];
  readonly tells: LoadTells;
  readonly clock: RealClock;
  /** The module that a worker thread runs: it calls `serveLoadWorker`. */
  readonly worker: URL;
}

/** How long no sign of life may come from a thread before it is taken for dead. */
const SILENCE_MAX: Span = seconds(30);

/** A thread that was told to close gets this long before it is ended by force. */
const CLOSE_WITHIN: Span = seconds(3);

/** Load workers in threads beside the conductor, on the run's real clock. */
export const threadPool = ({ jobs, tells, clock, worker }: ThreadPoolInput): LoadPool =>
  crewOf({
    jobs: jobs.map((job) => ({ ...job, clockOrigin: clock.origin })),
    tells,
    clock,
    openLine: (job, say) => openThread({ job, say, worker, clock }),
  });

interface ThreadInput {
  readonly job: WorkerJob;
  readonly say: (news: WorkerNews) => void;
  readonly worker: URL;
  readonly clock: RealClock;
}

function openThread({ job, say, worker, clock }: ThreadInput): WorkerLine {
  // Options of the conductor's process (a loader, a test runner's conditions) are not the worker's.
  const thread = new Worker(worker, {
    workerData: job,
    execArgv: [],
    name: `highwater ${job.session}`,
  });
  const exited = deferred<void>();
  let closing = false;
  let heardAt = clock.now();
  const silence = setInterval(() => {
    if (clock.now() - heardAt < SILENCE_MAX || closing) return;
    clearInterval(silence);
    say({ kind: 'failed', message: `no sign of life for ${SILENCE_MAX / 1_000} s` });
  }, ALIVE_EVERY);
  silence.unref();

  thread.on('message', (news: WorkerNews | ThreadNews) => {
    heardAt = clock.now();
    if (news.kind !== 'alive') say(news);
  });
  thread.on('messageerror', (thrown) => say({ kind: 'failed', message: messageOf(thrown) }));
  thread.on('error', (thrown) => say({ kind: 'failed', message: messageOf(thrown) }));
  thread.on('exit', (code) => {
    clearInterval(silence);
    if (!closing) say({ kind: 'failed', message: `its thread ended with exit code ${code}` });
    exited.resolve();
  });

  return {
    tell: (command) => thread.postMessage(command),
    async close() {
      closing = true;
      const command: ThreadCommand = { kind: 'close' };
      thread.postMessage(command);
      const waited = new AbortController();
      const tooLong = clock.sleep(ms(CLOSE_WITHIN), waited.signal).catch(() => {
        // Aborted below: the thread ended in time.
      });
      await Promise.race([exited.promise, tooLong]);
      waited.abort(new Error('the thread ended'));
      await thread.terminate();
    },
  };
}
