import { invariant, messageOf } from '../core/errors.ts';
import { openScope, type Scope } from '../core/scope.ts';
import type { Instant } from '../core/time.ts';
import type { Sender } from '../workloads/workload.ts';
import { dealOf } from './deal.ts';
import { Driver } from './driver.ts';
import type { WorkerCommand } from './messages.ts';
import { scheduleOf } from './stages-to-schedule.ts';
import { Tally } from './tally.ts';
import type { WorkerBody, WorkerParts } from './worker-parts.ts';

/** A sending worker: its sender, its share of the timetable, its tally. */
export class SenderBody implements WorkerBody {
  readonly #parts: WorkerParts;
  readonly #scope: Scope;
  #opened: { readonly sender: Sender; readonly tally: Tally } | undefined;
  #driver: Driver | undefined;
  #ended = false;

  /** Begins to open. */
  constructor(parts: WorkerParts) {
    this.#parts = parts;
    this.#scope = openScope(`worker ${parts.job.session}`, parts.clock);
    this.#orFail(this.#open());
  }

  hear(command: WorkerCommand): void {
    if (command.kind === 'window') this.#opened?.tally.window(command.window);
    else if (command.kind === 'start' && !this.#ended) this.#orFail(this.#send(command.at));
    else if (command.kind === 'stop' && !this.#ended) {
      this.#ended = true;
      if (this.#driver === undefined) this.#parts.say({ kind: 'finished' });
      else this.#driver.stop();
    }
  }

  report(): void {
    const { clock, say, loopDelayP99 } = this.#parts;
    if (this.#opened === undefined) return;
    say({ kind: 'sent', report: this.#opened.tally.report(clock.now(), loopDelayP99()) });
  }

  async close(): Promise<void> {
    this.#ended = true;
    this.#driver?.stop();
    await this.#scope.close();
  }

  async #open(): Promise<void> {
    const { job, workload, clients, clock, say } = this.#parts;
    const { run, session, topics } = job;
    const { params } = job.workload;
    const scope = this.#scope;
    const sender = await workload.openSender({
      run,
      session,
      params,
      topics,
      clients,
      clock,
      scope,
    });
    if (scope.signal.aborted) return sender[Symbol.asyncDispose]();
    scope.own('sender', sender);
    const tally = new Tally(session, sender.lanes, (ended) => {
      say({ kind: 'window-ended', ended });
    });
    this.#opened = { sender, tally };
    say({ kind: 'opened' });
  }

  async #send(startAt: Instant): Promise<void> {
    const { job, clock, say } = this.#parts;
    invariant(this.#opened !== undefined, `worker ${job.session} was started before it was open`);
    this.#driver = new Driver({
      ...this.#opened,
      schedule: scheduleOf(job.stages).share(job.part, job.of),
      deal: dealOf(job.stages, this.#opened.sender.lanes.length, job.of),
      startAt,
      clock,
      inFlightMax: job.inFlightMax,
      linger: job.lingerMs,
      throttle: job.throttle,
      report: () => this.report(),
    });
    await this.#driver.run();
    say({ kind: 'finished' });
  }

  #orFail(doing: Promise<void>): void {
    doing.catch((thrown: unknown) => {
      if (this.#scope.signal.aborted) return;
      this.#parts.say({ kind: 'failed', message: messageOf(thrown) });
    });
  }
}
