import type { Clock } from '../core/clock.ts';
import { HighwaterError } from '../core/errors.ts';
import { type Span, seconds } from '../core/time.ts';
import { showSpan } from '../core/units.ts';
import { untilAborted } from '../core/until-aborted.ts';
import type { MemberEvent } from '../record/events.ts';
import type { SessionId } from '../record/names.ts';
import { type Deferred, deferred } from './deferred.ts';
import { Worker } from './hired-worker.ts';
import type { OpenLine } from './line.ts';
import type { ReceiverAct, ReceiverReport, WorkerNews } from './messages.ts';
import type { LoadTells, PoolMemberAct, PoolMemberLook, PoolMembers, WorkerJob } from './pool.ts';

/**
 * The receivers of a pool: members of a consumer group, each in a worker of its own, so that harm
 * to one is harm to a client as it happens. A client that hangs is a thread that does not come back
 * to its event loop; one that crashes is a thread that ended, and its sockets with it.
 *
 *   working ── pause, pause-silent ──► paused ── resume ──► working
 *      └────── leave, crash ─────────► away  ─── join ────► working
 *
 * While one is away, a worker stands by for it: a thread takes seconds to load what it runs on a
 * busy machine, and a member has to be back before its session is over.
 */

/** What the receivers work with. */
export interface ReceiversInput {
  readonly jobs: readonly WorkerJob[];
  readonly tells: LoadTells;
  readonly clock: Clock;
  readonly openLine: OpenLine;
  readonly received: (session: SessionId, report: ReceiverReport) => void;
  readonly fail: (job: WorkerJob, message: string) => void;
}

/** A worker does what it is told within this long, or hangs; joining may wait for a session. */
const ACT_WITHIN: Span = seconds(15);
const JOIN_WITHIN: Span = seconds(45);

type Post = {
  readonly job: WorkerJob;
  /** Counts how often it came. */
  life: number;
  /** Null while it is away. */
  worker: Worker | null;
  /** Stands by while it is away. */
  spare: Worker | null;
  state: PoolMemberLook['state'];
  frozen: boolean;
  consumed: number;
  assigned: number;
  /** Who waits for the worker to have acted. */
  readonly acting: Map<ReceiverAct, Deferred<void>>;
};

/** Hires the receivers, does to them what is asked, and tells what became of them. */
export class Receivers {
  readonly members: PoolMembers | null;
  readonly #input: ReceiversInput;
  readonly #posts: readonly Post[];
  #closing = false;

  constructor(input: ReceiversInput) {
    this.#input = input;
    this.#posts = input.jobs.map((job) => ({
      job,
      life: 0,
      worker: null,
      spare: null,
      state: 'away',
      frozen: false,
      consumed: 0,
      assigned: 0,
      acting: new Map(),
    }));
    const name = input.jobs[0]?.group;
    this.members =
      name === undefined
        ? null
        : {
            name,
            ids: input.jobs.map(({ session }) => session),
            act: async (member, what, signal) => this.#act(this.#post(member), what, signal),
            look: async (member) => {
              const { state, consumed, assigned } = this.#post(member);
              return { state, consumed, assigned };
            },
          };
  }

  /** Those that are not away. */
  get working(): readonly Worker[] {
    return this.#posts.flatMap(({ worker }) => (worker === null ? [] : [worker]));
  }

  /** Opens all; resolves when each is in its group. */
  async hireAll(): Promise<void> {
    await Promise.all(this.#posts.map((post) => this.#hire(post)));
  }

  /** Ends all that are there; their last deltas are told then. */
  async endAll(): Promise<void> {
    await Promise.all(
      this.#posts.map(async (post) => {
        if (post.worker !== null) await this.#end(post, post.worker);
      }),
    );
  }

  async closeAll(): Promise<void> {
    this.#closing = true;
    const spares = this.#posts.flatMap(({ spare }) => (spare === null ? [] : [spare]));
    await Promise.allSettled([...this.working, ...spares].map(({ line }) => line.close()));
  }

  #post(member: SessionId): Post {
    const post = this.#posts.find(({ job }) => job.session === member);
    if (post === undefined) throw new HighwaterError('BUG', `no member "${member}" in the group`);
    return post;
  }

  async #hire(post: Post): Promise<void> {
    post.consumed = 0;
    post.assigned = 0;
    post.frozen = false;
    post.state = 'working';
    post.life += 1;
    const worker = post.spare ?? this.#workerOf(post, { life: post.life, standby: false });
    post.worker = worker;
    if (post.spare !== null) worker.line.tell({ kind: 'open' });
    post.spare = null;
    await worker.opened.promise;
  }

  #workerOf(post: Post, { life, standby }: { life: number; standby: boolean }): Worker {
    const say = (news: WorkerNews): void => {
      // A thread that was ended may have said something before.
      if (post.life === life) this.#heard(post, news);
    };
    return new Worker(this.#input.openLine, { job: post.job, say, standby });
  }

  #heard(post: Post, news: WorkerNews): void {
    const { job } = post;
    if (news.kind === 'received') {
      for (const { records } of news.report.consumed) post.consumed += records;
      this.#input.received(job.session, news.report);
    } else if (news.kind === 'member') {
      const { act, assigned, seen } = news.news;
      if (act === 'assigned') post.assigned = assigned.length;
      this.#tell(post, { act, assigned, seen }, news.t);
    } else if (news.kind === 'acted') {
      post.acting.get(news.what)?.resolve();
    } else if (news.kind === 'failed' && post.state !== 'away' && !this.#closing) {
      this.#tell(post, { act: 'failed', assigned: [], seen: news.message });
      this.#input.fail(job, news.message);
    }
  }

  async #act(post: Post, what: PoolMemberAct, signal: AbortSignal): Promise<void> {
    const { worker, job } = post;
    if (what === 'join') {
      if (worker !== null) return;
      const joining = { what: `member ${job.session} to join`, within: JOIN_WITHIN };
      await this.#within(joining, this.#hire(post), signal);
      return;
    }
    if (worker === null) {
      throw new HighwaterError('FAULT_FAILED', `member ${job.session} is away: no ${what} now`);
    }
    const waiting = { what: `member ${job.session} to ${what}`, within: ACT_WITHIN };
    await this.#within(waiting, this.#do(post, worker, what), signal);
  }

  async #do(post: Post, worker: Worker, what: Exclude<PoolMemberAct, 'join'>): Promise<void> {
    if (what === 'pause' || what === 'pause-silent') {
      post.frozen = what === 'pause-silent';
      await this.#order(post, worker, post.frozen ? 'freeze' : 'pause');
      post.state = 'paused';
      const seen = post.frozen ? 'its thread does nothing any more' : 'it handles nothing';
      this.#tell(post, { act: 'paused', assigned: [], seen });
    } else if (what === 'resume') {
      if (post.frozen) worker.line.thaw();
      else await this.#order(post, worker, 'resume');
      post.frozen = false;
      post.state = 'working';
      this.#tell(post, { act: 'resumed', assigned: [], seen: 'it goes on' });
    } else if (what === 'leave') {
      await this.#end(post, worker);
      this.#standBy(post);
      this.#tell(post, { act: 'left', assigned: [], seen: 'it was closed' });
    } else {
      await this.#order(post, worker, 'die');
      this.#isAway(post);
      await worker.line.kill();
      this.#standBy(post);
      this.#tell(post, { act: 'crashed', assigned: [], seen: 'its thread was ended' });
    }
  }

  /** Lets it come to its end by itself. */
  async #end(post: Post, worker: Worker): Promise<void> {
    if (post.frozen) worker.line.thaw();
    worker.line.tell({ kind: 'end' });
    await worker.finished.promise;
    this.#isAway(post);
    await worker.line.close();
  }

  #isAway(post: Post): void {
    post.worker = null;
    post.state = 'away';
    post.frozen = false;
    post.assigned = 0;
  }

  #standBy(post: Post): void {
    if (!this.#closing) post.spare = this.#workerOf(post, { life: post.life + 1, standby: true });
  }

  async #order(post: Post, worker: Worker, what: ReceiverAct): Promise<void> {
    const acted = deferred<void>();
    post.acting.set(what, acted);
    worker.line.tell({ kind: 'act', what });
    await acted.promise;
  }

  async #within(
    { what, within }: { readonly what: string; readonly within: Span },
    doing: Promise<void>,
    signal: AbortSignal,
  ): Promise<void> {
    const over = new AbortController();
    const late = this.#input.clock.sleep(within, over.signal).then(() => {
      const text = `waited for ${what}: not within ${showSpan(within)}`;
      throw new HighwaterError('FAULT_FAILED', text);
    });
    // Called off below, which is the normal case.
    late.catch(() => {});
    try {
      await untilAborted(Promise.race([doing, late]), signal);
    } finally {
      over.abort(new Error('the member has acted'));
    }
  }

  #tell(
    { job }: Post,
    said: Pick<MemberEvent, 'act' | 'assigned' | 'seen'>,
    t: number = this.#input.clock.now(),
  ): void {
    const of = { kind: 'member', group: job.group ?? '', member: job.session } as const;
    this.#input.tells.events([{ t, ...of, ...said }]);
  }
}
