import { messageOf } from '../core/errors.ts';
import { openScope, type Scope } from '../core/scope.ts';
import { type Span, seconds } from '../core/time.ts';
import type { DeliveryDelta } from '../record/ledger.ts';
import { showPartition, type TopicPartition } from '../record/names.ts';
import type { Receiver } from '../workloads/workload.ts';
import type { WorkerCommand } from './messages.ts';
import type { WorkerBody, WorkerParts } from './worker-parts.ts';

const REPORT_EVERY: Span = seconds(1);

/** A receiving worker: it receives until it is told to end, and tells what it got every second. */
export class ReceiverBody implements WorkerBody {
  readonly #parts: WorkerParts;
  readonly #scope: Scope;
  readonly #consumed = new Map<string, { readonly of: TopicPartition; records: number }>();
  readonly #deliveries: DeliveryDelta[] = [];
  #receiver: Receiver | undefined;
  #ending = false;

  /** Begins to open. */
  constructor(parts: WorkerParts) {
    this.#parts = parts;
    this.#scope = openScope(`worker ${parts.job.session}`, parts.clock);
    this.#orFail(this.#open());
  }

  hear(command: WorkerCommand): void {
    if (command.kind === 'end' && !this.#ending) this.#orFail(this.#end());
  }

  report(): void {
    const { clock, say, loopDelayP99 } = this.#parts;
    const consumed = [...this.#consumed.values()].map(({ of, records }) => ({ ...of, records }));
    for (const row of this.#consumed.values()) row.records = 0;
    const deliveries = this.#deliveries.splice(0);
    const report = { t: clock.now(), consumed, deliveries, loopDelayP99: loopDelayP99() };
    say({ kind: 'received', report });
  }

  async close(): Promise<void> {
    this.#ending = true;
    await this.#scope.close();
  }

  async #open(): Promise<void> {
    const { job, workload, clients, clock, say } = this.#parts;
    const { run, session, topics } = job;
    const { params } = job.workload;
    const scope = this.#scope;
    const receiver = await workload.openReceiver(
      { run, session, params, topics, clients, clock, scope },
      {
        deliveries: (deltas) => this.#deliveries.push(...deltas),
        consumed: (of, records) => this.#count(of, records),
      },
    );
    if (scope.signal.aborted) return receiver[Symbol.asyncDispose]();
    this.#receiver = scope.own('receiver', receiver);
    receiver.ended.catch((thrown: unknown) => {
      if (!this.#ending) say({ kind: 'failed', message: messageOf(thrown) });
    });
    scope.task('reports', (signal) => this.#keepReporting(signal));
    say({ kind: 'opened' });
  }

  #count({ topic, partition }: TopicPartition, records: number): void {
    const of = { topic, partition };
    const row = this.#consumed.get(showPartition(of));
    if (row === undefined) this.#consumed.set(showPartition(of), { of, records });
    else row.records += records;
  }

  async #keepReporting(signal: AbortSignal): Promise<void> {
    for (;;) {
      await this.#parts.clock.sleep(REPORT_EVERY, signal);
      this.report();
    }
  }

  async #end(): Promise<void> {
    this.#ending = true;
    await this.#receiver?.[Symbol.asyncDispose]();
    this.report();
    await this.#scope.close();
    this.#parts.say({ kind: 'finished' });
  }

  #orFail(doing: Promise<void>): void {
    doing.catch((thrown: unknown) => {
      if (this.#scope.signal.aborted) return;
      this.#parts.say({ kind: 'failed', message: messageOf(thrown) });
    });
  }
}
