import { messageOf } from '../../core/errors.ts';
import { type Span, seconds } from '../../core/time.ts';
import type { DeliveryDelta } from '../../record/ledger.ts';
import { showPartition, type TopicPartition } from '../../record/names.ts';
import type { Receiver } from '../../workloads/workload.ts';
import type { ReceiverAct, WorkerCommand } from '../messages.ts';
import { Body } from './body.ts';
import type { WorkerBody, WorkerParts } from './worker-parts.ts';

const REPORT_EVERY: Span = seconds(1);

/** A receiving worker: it receives until it is told to end, and tells what it got every second. */
export class ReceiverBody implements WorkerBody {
  readonly #body: Body;
  readonly #consumed = new Map<string, { readonly of: TopicPartition; records: number }>();
  readonly #deliveries: DeliveryDelta[] = [];
  #receiver: Receiver | undefined;
  #ending = false;

  /** Begins to open. */
  constructor(parts: WorkerParts) {
    this.#body = new Body(parts);
    this.#body.orFail(this.#open());
  }

  hear(command: WorkerCommand): void {
    if (command.kind === 'end' && !this.#ending) this.#body.orFail(this.#end());
    else if (command.kind === 'act' && !this.#ending) this.#act(command.what);
  }

  report(): void {
    const { clock, say, loopDelayP99 } = this.#body.parts;
    const consumed = [...this.#consumed.values()].map(({ of, records }) => ({ ...of, records }));
    for (const row of this.#consumed.values()) row.records = 0;
    const deliveries = this.#deliveries.splice(0);
    const report = { t: clock.now(), consumed, deliveries, loopDelayP99: loopDelayP99() };
    say({ kind: 'received', report });
  }

  async close(): Promise<void> {
    this.#ending = true;
    await this.#body.scope.close();
  }

  async #open(): Promise<void> {
    const { workload, clock, say } = this.#body.parts;
    const receiver = await workload.openReceiver(this.#body.input, {
      deliveries: (deltas) => this.#deliveries.push(...deltas),
      consumed: (of, records) => this.#count(of, records),
      member: (news) => say({ kind: 'member', t: clock.now(), news }),
    });
    await this.#body.opened('receiver', receiver, () => {
      this.#receiver = receiver;
      receiver.ended.catch((thrown: unknown) => {
        if (!this.#ending) say({ kind: 'failed', message: messageOf(thrown) });
      });
      this.#body.scope.task('reports', (signal) => this.#keepReporting(signal));
    });
  }

  #act(what: ReceiverAct): void {
    const receiver = this.#receiver;
    if (what === 'pause') receiver?.pause();
    else if (what === 'resume') receiver?.resume();
    else {
      if (what === 'die') this.#ending = true;
      // Of the records that it was handed the last ones may not have been told yet.
      receiver?.flush();
      this.report();
      receiver?.simulated?.[what]();
    }
    this.#body.parts.say({ kind: 'acted', what });
  }

  #count({ topic, partition }: TopicPartition, records: number): void {
    const of = { topic, partition };
    const row = this.#consumed.get(showPartition(of));
    if (row === undefined) this.#consumed.set(showPartition(of), { of, records });
    else row.records += records;
  }

  async #keepReporting(signal: AbortSignal): Promise<void> {
    for (;;) {
      await this.#body.parts.clock.sleep(REPORT_EVERY, signal);
      this.report();
    }
  }

  async #end(): Promise<void> {
    this.#ending = true;
    await this.#receiver?.[Symbol.asyncDispose]();
    this.report();
    await this.#body.scope.close();
    this.#body.parts.say({ kind: 'finished' });
  }
}
