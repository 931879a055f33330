import type { Clock } from '../core/clock.ts';
import { HighwaterError } from '../core/errors.ts';
import { after, type Instant, instant, ms, type Span, seconds, spanBetween } from '../core/time.ts';
import { showSpan } from '../core/units.ts';
import type { WindowName } from '../record/events.ts';
import { deferred } from './deferred.ts';
import { Worker } from './hired-worker.ts';
import type { OpenLine } from './line.ts';
import { Merger } from './merge.ts';
import type { WorkerCommand, WorkerNews } from './messages.ts';
import type { LoadPool, LoadTells, PoolMembers, WorkerJob } from './pool.ts';
import { Receivers } from './receivers.ts';
import { scheduleOf } from './stages-to-schedule.ts';

/**
 * The pool over any kind of worker line: threads or inline. It keeps the protocol: opened, started,
 * finished, ended, closed; and it gives every wait an end, because a run may not hang on a worker.
 * Receivers may come and go in between (receivers.ts).
 */

/** What a pool is made of. */
export interface CrewInput {
  readonly jobs: readonly WorkerJob[];
  readonly tells: LoadTells;
  readonly clock: Clock;
  readonly openLine: OpenLine;
}

/**
 * After the last moment at which a worker should have ended, this much is granted for delays of its
 * thread.
 */
const GRACE: Span = seconds(15);

/** Makes the pool; nothing is opened before `open`. */
export function crewOf(input: CrewInput): LoadPool {
  return new Crew(input);
}

class Crew implements LoadPool {
  readonly failed: Promise<never>;
  readonly members: PoolMembers | null;
  readonly #input: CrewInput;
  readonly #merger: Merger;
  readonly #fail: (reason: Error) => void;
  readonly #stopped = deferred<void>();
  readonly #receivers: Receivers;
  #senders: readonly Worker[] = [];
  /** When the last sender must have stopped sending by itself, or was told to. */
  #sendingEnds: Instant | undefined;
  #closing: Promise<void> | undefined;

  constructor(input: CrewInput) {
    this.#input = input;
    const failure = deferred<never>();
    this.failed = failure.promise;
    this.#fail = failure.reject;
    this.#merger = new Merger(
      this.#jobs('send').map(({ session }) => session),
      input.tells,
      input.clock,
    );
    this.#receivers = new Receivers({
      ...input,
      jobs: this.#jobs('receive'),
      received: (session, report) => this.#merger.received(session, report),
      fail: (job, message) => this.#failed(job, message),
    });
    this.members = this.#receivers.members;
  }

  async open(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    this.#senders = this.#jobs('send').map((job) => this.#hire(job));
    const receivers = this.#receivers.hireAll();
    const aborted = deferred<never>();
    const onAbort = (): void => aborted.reject(signal.reason as Error);
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      const all = Promise.all([...this.#senders.map(({ opened }) => opened.promise), receivers]);
      await Promise.race([all, this.failed, aborted.promise]);
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  start(): void {
    const at = this.#input.clock.now();
    this.#tell({ kind: 'start', at });
    const ends = this.#senders.map(({ job }) => scheduleOf(job.stages).ends);
    this.#sendingEnds = after(at, ms(Math.max(0, ...ends)));
  }

  window(name: WindowName): void {
    this.#tell({ kind: 'window', window: name });
  }

  stop(): void {
    this.#tell({ kind: 'stop' });
    const now = this.#input.clock.now();
    this.#sendingEnds = instant(Math.min(this.#sendingEnds ?? now, now));
    this.#stopped.resolve();
  }

  async finished(): Promise<void> {
    const senders = this.#senders;
    const all = Promise.all(senders.map(({ finished }) => finished.promise));
    const linger = Math.max(0, ...senders.map(({ job }) => job.lingerMs));
    const bounded = (): Promise<'ended' | 'late'> =>
      this.#within(all, ms(this.#sendingLeft() + linger + GRACE));
    // A stop brings the end of sending forward, so the limit is taken again.
    const first = await Promise.race([bounded(), this.#stopped.promise, this.failed]);
    const outcome = first ?? (await Promise.race([bounded(), this.failed]));
    if (outcome === 'late') throw late(senders, `${showSpan(ms(linger))} after sending`);
  }

  async endReceiver(): Promise<void> {
    const ended = this.#receivers.endAll();
    const outcome = await Promise.race([this.#within(ended, GRACE), this.failed]);
    if (outcome === 'late') throw late(this.#receivers.working, showSpan(GRACE));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing ??= Promise.allSettled([
      ...this.#senders.map(({ line }) => line.close()),
      this.#receivers.closeAll(),
    ]).then(() => {});
    await this.#closing;
  }

  #jobs(role: WorkerJob['role']): readonly WorkerJob[] {
    return this.#input.jobs.filter((job) => job.role === role);
  }

  #hire(job: WorkerJob): Worker {
    const say = (news: WorkerNews): void => this.#heard(job, news);
    return new Worker(this.#input.openLine, { job, say, standby: false });
  }

  #heard(job: WorkerJob, news: WorkerNews): void {
    if (news.kind === 'sent') this.#merger.sent(job.session, news.report);
    else if (news.kind === 'window-ended') this.#merger.windowEnded(news.ended);
    else if (news.kind === 'finished') this.#merger.finished(job.session);
    else if (news.kind === 'failed') this.#failed(job, news.message);
  }

  #failed(job: WorkerJob, message: string): void {
    if (this.#closing === undefined) this.#fail(failureOf(job, message));
  }

  #tell(command: WorkerCommand): void {
    for (const { line } of this.#senders) line.tell(command);
  }

  #sendingLeft(): number {
    const now = this.#input.clock.now();
    return Math.max(0, spanBetween(now, this.#sendingEnds ?? now));
  }

  async #within(all: Promise<unknown>, limit: Span): Promise<'ended' | 'late'> {
    const over = new AbortController();
    const timer = this.#input.clock.sleep(limit, over.signal).then(
      () => 'late' as const,
      () => 'late' as const,
    );
    try {
      return await Promise.race([all.then(() => 'ended' as const), timer]);
    } finally {
      over.abort(new Error('the wait is over'));
    }
  }
}

function late(workers: readonly Worker[], limit: string): Error {
  const names = workers.map(({ job }) => job.session);
  return new HighwaterError(
    'LOAD_FAILED',
    `load workers ${names.join(', ')}: not ended ${limit} and ${showSpan(GRACE)} of grace`,
    { hint: 'the machine may be too busy, or a client hangs: see the log of the run' },
  );
}

const failureOf = (job: WorkerJob, message: string): HighwaterError =>
  new HighwaterError('LOAD_FAILED', `load worker ${job.session} (${job.role}) died: ${message}`, {
    facts: { session: job.session, role: job.role },
  });
