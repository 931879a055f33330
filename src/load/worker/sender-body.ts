import { invariant } from '../../core/errors.ts';
import type { Instant } from '../../core/time.ts';
import type { Sender } from '../../workloads/workload.ts';
import type { WorkerCommand } from '../messages.ts';
import { scheduleOf } from '../stages-to-schedule.ts';
import { Body } from './body.ts';
import { dealOf } from './deal.ts';
import { Driver } from './driver.ts';
import { Tally } from './tally.ts';
import type { WorkerBody, WorkerParts } from './worker-parts.ts';

/** A sending worker: its sender, its share of the timetable, its tally. */
export class SenderBody implements WorkerBody {
  readonly #body: Body;
  #opened: { readonly sender: Sender; readonly tally: Tally } | undefined;
  #driver: Driver | undefined;
  #ended = false;

  /** Begins to open. */
  constructor(parts: WorkerParts) {
    this.#body = new Body(parts);
    this.#body.orFail(this.#open());
  }

  hear(command: WorkerCommand): void {
    if (command.kind === 'window') this.#opened?.tally.window(command.window);
    else if (command.kind === 'start' && !this.#ended) this.#body.orFail(this.#send(command.at));
    else if (command.kind === 'stop' && !this.#ended) {
      this.#ended = true;
      if (this.#driver === undefined) this.#body.parts.say({ kind: 'finished' });
      else this.#driver.stop();
    }
  }

  report(): void {
    const { clock, say, loopDelayP99 } = this.#body.parts;
    if (this.#opened === undefined) return;
    say({ kind: 'sent', report: this.#opened.tally.report(clock.now(), loopDelayP99()) });
  }

  async close(): Promise<void> {
    this.#ended = true;
    this.#driver?.stop();
    await this.#body.scope.close();
  }

  async #open(): Promise<void> {
    const { workload, say } = this.#body.parts;
    const sender = await workload.openSender(this.#body.input);
    await this.#body.opened('sender', sender, () => {
      const tally = new Tally(sender.lanes, (ended) => say({ kind: 'window-ended', ended }));
      this.#opened = { sender, tally };
    });
  }

  async #send(startAt: Instant): Promise<void> {
    const { job, clock, say } = this.#body.parts;
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
}
