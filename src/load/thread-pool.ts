import { Worker } from 'node:worker_threads';
import type { RealClock } from '../core/clock.ts';
import { messageOf } from '../core/errors.ts';
import { type Instant, type Span, seconds, spanBetween } from '../core/time.ts';
import { showSpan } from '../core/units.ts';
import { crewOf } from './crew.ts';
import { deferred } from './deferred.ts';
import type { LineInput, WorkerLine } from './line.ts';
import type { WorkerCommand, WorkerNews } from './messages.ts';
import type { LoadPool, LoadTells, WorkerJob } from './pool.ts';
import {
  ALIVE_EVERY,
  FROZEN,
  type ThreadCommand,
  type ThreadData,
  type ThreadNews,
} from './thread-messages.ts';

/** What a pool of threads is made of. */
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
    openLine: (input) => new ThreadLine({ ...input, worker, clock }),
  });

interface ThreadInput extends LineInput {
  readonly worker: URL;
  readonly clock: RealClock;
}

class ThreadLine implements WorkerLine {
  readonly #input: ThreadInput;
  readonly #thread: Worker;
  /** Closed everything by itself, or ended. */
  readonly #closed = deferred<void>();
  readonly #over = new AbortController();
  readonly #gate = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  #closing = false;
  #heardAt: Instant;

  constructor(input: ThreadInput) {
    const { job, standby, worker, clock } = input;
    this.#input = input;
    this.#heardAt = clock.now();
    this.#thread = new Worker(worker, {
      workerData: { job, standby, gate: this.#gate.buffer } satisfies ThreadData,
      // Options of this process (a loader, a test runner's conditions) are not the worker's.
      execArgv: [],
      name: `highwater ${job.session}`,
    });
    this.#thread.on('message', (news: WorkerNews | ThreadNews) => this.#hear(news));
    this.#thread.on('messageerror', (thrown) => this.#failed(messageOf(thrown)));
    this.#thread.on('error', (thrown) => this.#failed(messageOf(thrown)));
    this.#thread.on('exit', (code) => {
      this.#failed(`its thread ended with exit code ${code}`);
      this.#closed.resolve();
    });
    this.#listenForLife().catch((thrown: unknown) => this.#failed(messageOf(thrown)));
  }

  tell(command: WorkerCommand | ThreadCommand): void {
    if (command.kind === 'act' && command.what === 'freeze') Atomics.store(this.#gate, 0, FROZEN);
    this.#thread.postMessage(command);
  }

  thaw(): void {
    Atomics.store(this.#gate, 0, 0);
    Atomics.notify(this.#gate, 0);
    this.#heardAt = this.#input.clock.now();
  }

  async kill(): Promise<void> {
    this.#closing = true;
    this.#over.abort(new Error('the thread is ended'));
    await this.#thread.terminate();
  }

  async close(): Promise<void> {
    this.#closing = true;
    this.thaw();
    this.tell({ kind: 'close' });
    const tooLong = this.#input.clock.sleep(CLOSE_WITHIN, this.#over.signal).catch(() => {
      // Called off below: it closed in time.
    });
    await Promise.race([this.#closed.promise, tooLong]);
    this.#over.abort(new Error('the thread is closed'));
    // Sockets that a client left open would keep the thread.
    await this.#thread.terminate();
  }

  #hear(news: WorkerNews | ThreadNews): void {
    this.#heardAt = this.#input.clock.now();
    if (news.kind === 'closed') this.#closed.resolve();
    else if (news.kind !== 'alive') this.#input.say(news);
  }

  #failed(message: string): void {
    if (!this.#closing) this.#input.say({ kind: 'failed', message });
  }

  get #isFrozen(): boolean {
    return Atomics.load(this.#gate, 0) === FROZEN;
  }

  async #listenForLife(): Promise<void> {
    const { clock } = this.#input;
    const { signal } = this.#over;
    while (!this.#closing) {
      await clock.sleep(ALIVE_EVERY, signal).catch(() => {
        // Called off when the thread is closed.
      });
      if (this.#isFrozen) continue;
      if (spanBetween(this.#heardAt, clock.now()) > SILENCE_MAX) {
        return this.#failed(`no sign of life for ${showSpan(SILENCE_MAX)}`);
      }
    }
  }
}
