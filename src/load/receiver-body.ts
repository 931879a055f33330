import { messageOf } from '../core/errors.ts';
import { openScope } from '../core/scope.ts';
import { seconds } from '../core/time.ts';
import type { DeliveryDelta } from '../record/ledger.ts';
import { showPartition, type TopicPartition } from '../record/names.ts';
import type { Receiver } from '../workloads/workload.ts';
import type { WorkerCommand } from './messages.ts';
import type { WorkerBody, WorkerParts } from './worker-parts.ts';

/** Opens a receiving worker: it receives until it is told to end. */
export function openReceiverBody(parts: WorkerParts): WorkerBody {
  const { job, workload, clients, clock, say } = parts;
  const scope = openScope(`worker ${job.session}`, clock);
  const consumed = new Map<string, { readonly of: TopicPartition; records: number }>();
  let deliveries: DeliveryDelta[] = [];
  let receiver: Receiver | undefined;
  let ending = false;

  const report = (): void => {
    const rows = [...consumed.values()].map(({ of, records }) => ({ ...of, records }));
    for (const row of consumed.values()) row.records = 0;
    const told = deliveries;
    deliveries = [];
    const loopDelayP99 = parts.loopDelayP99();
    say({
      kind: 'received',
      report: { t: clock.now(), consumed: rows, deliveries: told, loopDelayP99 },
    });
  };
  const open = async (): Promise<void> => {
    const { run, session, topics } = job;
    const { params } = job.workload;
    receiver = await workload.openReceiver(
      { run, session, params, topics, clients, clock, scope },
      {
        deliveries: (deltas) => {
          deliveries.push(...deltas);
        },
        consumed: ({ topic, partition }, records) => {
          const of = { topic, partition };
          const row = consumed.get(showPartition(of));
          if (row === undefined) consumed.set(showPartition(of), { of, records });
          else row.records += records;
        },
      },
    );
    if (scope.signal.aborted) return receiver[Symbol.asyncDispose]();
    scope.own('receiver', receiver);
    receiver.ended.catch((thrown: unknown) => {
      if (!ending) say({ kind: 'failed', message: messageOf(thrown) });
    });
    scope.task('reports', async (signal) => {
      for (;;) {
        await clock.sleep(seconds(1), signal);
        report();
      }
    });
    say({ kind: 'opened' });
  };
  const end = async (): Promise<void> => {
    ending = true;
    await receiver?.[Symbol.asyncDispose]();
    report();
    await scope.close();
    say({ kind: 'finished' });
  };
  const orFail = (doing: Promise<void>): void => {
    doing.catch((thrown: unknown) => {
      if (!scope.signal.aborted) say({ kind: 'failed', message: messageOf(thrown) });
    });
  };

  orFail(open());
  return {
    hear(command: WorkerCommand) {
      if (command.kind === 'end' && !ending) orFail(end());
    },
    lastWords: report,
    async close() {
      ending = true;
      await scope.close();
    },
  };
}
