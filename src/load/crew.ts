import type { Clock } from '../core/clock.ts';
import { HighwaterError } from '../core/errors.ts';
import { after, type Instant, instant, ms, type Span, seconds, spanBetween } from '../core/time.ts';
import { showSpan } from '../core/units.ts';
import type { WindowName } from '../record/events.ts';
import { type Deferred, deferred } from './deferred.ts';
import { Merger } from './merge.ts';
import type { WorkerCommand, WorkerNews } from './messages.ts';
import type { LoadPool, LoadTells, WorkerJob } from './pool.ts';
import { scheduleOf } from './stages-to-schedule.ts';

/**
 * The pool over any kind of worker line: threads or inline. It keeps the protocol: opened, started,
 * finished, ended, closed; and it gives every wait an end, because a run may not hang on a worker.
 */

/** The line to one worker. */
export interface WorkerLine {
  tell(command: WorkerCommand): void;
  /** Ends the worker whatever it does; bounded. */
  close(): Promise<void>;
}

/** What a pool is made of. */
export interface CrewInput {
  readonly jobs: readonly WorkerJob[];
  readonly tells: LoadTells;
  readonly clock: Clock;
  /** Begins to open a worker; its news go to `say`. */
  readonly openLine: (job: WorkerJob, say: (news: WorkerNews) => void) => WorkerLine;
}

/**
 * After the last moment at which a worker should have ended, this much is granted for delays of its
 * thread.
 */
const GRACE: Span = seconds(15);

interface Member {
  readonly job: WorkerJob;
  readonly line: WorkerLine;
  readonly opened: Deferred<void>;
  readonly finished: Deferred<void>;
}

/** Makes the pool; nothing is opened before `open`. */
export function crewOf(input: CrewInput): LoadPool {
  return new Crew(input);
}

class Crew implements LoadPool {
  readonly failed: Promise<never>;
  readonly #input: CrewInput;
  readonly #merger: Merger;
  readonly #fail: (reason: Error) => void;
  readonly #stopped = deferred<void>();
  #members: readonly Member[] = [];
  /** When the last sender must have stopped sending by itself, or was told to. */
  #sendingEnds: Instant | undefined;
  #closing: Promise<void> | undefined;

  constructor(input: CrewInput) {
    this.#input = input;
    const failure = deferred<never>();
    this.failed = failure.promise;
    this.#fail = failure.reject;
    const senders = input.jobs.filter(({ role }) => role === 'send');
    this.#merger = new Merger(
      senders.map(({ session }) => session),
      input.tells,
      input.clock,
    );
  }

  async open(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    this.#members = this.#input.jobs.map((job) => this.#hire(job));
    const aborted = deferred<never>();
    const onAbort = (): void => aborted.reject(signal.reason as Error);
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      const all = Promise.all(this.#members.map(({ opened }) => opened.promise));
      await Promise.race([all, this.failed, aborted.promise]);
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  start(): void {
    const at = this.#input.clock.now();
    this.#tell('send', { kind: 'start', at });
    const ends = this.#members.map(({ job }) => scheduleOf(job.stages).ends);
    this.#sendingEnds = after(at, ms(Math.max(0, ...ends)));
  }

  window(name: WindowName): void {
    this.#tell('send', { kind: 'window', window: name });
  }

  stop(): void {
    this.#tell('send', { kind: 'stop' });
    const now = this.#input.clock.now();
    this.#sendingEnds = instant(Math.min(this.#sendingEnds ?? now, now));
    this.#stopped.resolve();
  }

  async finished(): Promise<void> {
    const senders = this.#of('send');
    const all = Promise.all(senders.map(({ finished }) => finished.promise));
    const linger = Math.max(0, ...senders.map(({ job }) => job.lingerMs));
    const bounded = (): Promise<'ended' | 'late'> =>
      this.#within(all, ms(this.#sendingLeft() + linger + GRACE));
    // A stop brings the end of sending forward, so the limit is taken again.
    const first = await Promise.race([bounded(), this.#stopped.promise, this.failed]);
    const outcome = first ?? (await Promise.race([bounded(), this.failed]));
    if (outcome === 'late') throw this.#late('send', `${showSpan(ms(linger))} after sending`);
  }

  async endReceiver(): Promise<void> {
    this.#tell('receive', { kind: 'end' });
    const receivers = this.#of('receive');
    const all = Promise.all(receivers.map(({ finished }) => finished.promise));
    const outcome = await Promise.race([this.#within(all, GRACE), this.failed]);
    if (outcome === 'late') throw this.#late('receive', showSpan(GRACE));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing ??= Promise.allSettled(this.#members.map(({ line }) => line.close())).then(
      () => {},
    );
    await this.#closing;
  }

  #hire(job: WorkerJob): Member {
    const opened = deferred<void>();
    const finished = deferred<void>();
    const line = this.#input.openLine(job, (news) => {
      this.#heard(member, news);
    });
    const member: Member = { job, line, opened, finished };
    return member;
  }

  #heard({ job, opened, finished }: Member, news: WorkerNews): void {
    if (news.kind === 'opened') opened.resolve();
    else if (news.kind === 'sent') this.#merger.sent(job.session, news.report);
    else if (news.kind === 'received') this.#merger.received(job.session, news.report);
    else if (news.kind === 'window-ended') this.#merger.windowEnded(news.ended);
    else if (news.kind === 'finished') {
      if (job.role === 'send') this.#merger.finished(job.session);
      finished.resolve();
    } else if (this.#closing === undefined) this.#fail(failureOf(job, news.message));
  }

  #of(role: WorkerJob['role']): readonly Member[] {
    return this.#members.filter(({ job }) => job.role === role);
  }

  #tell(role: WorkerJob['role'], command: WorkerCommand): void {
    for (const { line } of this.#of(role)) line.tell(command);
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

  #late(role: WorkerJob['role'], limit: string): Error {
    const names = this.#of(role).map(({ job }) => job.session);
    return new HighwaterError(
      'LOAD_FAILED',
      `load workers ${names.join(', ')}: not ended ${limit} and ${showSpan(GRACE)} of grace`,
      { hint: 'the machine may be too busy, or a client hangs: see the log of the run' },
    );
  }
}

const failureOf = (job: WorkerJob, message: string): HighwaterError =>
  new HighwaterError('LOAD_FAILED', `load worker ${job.session} (${job.role}) died: ${message}`, {
    facts: { session: job.session, role: job.role },
  });
