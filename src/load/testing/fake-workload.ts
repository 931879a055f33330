import type { LogClients } from '../../clients/kafka/port.ts';
import type { JsonObject } from '../../core/json.ts';
import type { Completion } from '../../core/outcome.ts';
import { ms, seconds } from '../../core/time.ts';
import type {
  Lane,
  OpenInput,
  Receiver,
  ReceiverTells,
  Sender,
  Workload,
} from '../../workloads/workload.ts';
import type { WorkerJob } from '../pool.ts';

/** What the fake workload is told to do; plain data, because it goes to threads. */
export type FakeParams = {
  readonly lanes?: number;
  /** How long an acknowledgement takes; at once unless told. */
  readonly answerMs?: number;
  /** Dies when this many records were attempted in a lane. */
  readonly dieAt?: number;
  /** Keeps its thread busy for ever when this many records were attempted in a lane. */
  readonly hangAt?: number;
  readonly openFails?: string;
  readonly receiverDies?: boolean;
};

const lanesOf = ({ lanes = 6 }: FakeParams, session = 'p0'): readonly Lane[] =>
  Array.from({ length: lanes }, (_, partition) => ({ session, topic: 'orders', partition }));

async function openSender({ params, session, clock }: OpenInput<FakeParams>): Promise<Sender> {
  if (params.openFails !== undefined) throw new Error(params.openFails);
  const ok: Completion<unknown> = { kind: 'ok', value: null };
  return {
    lanes: lanesOf(params, session),
    attemptMax: 10_000,
    async attempt(_lane, first) {
      if (first >= (params.dieAt ?? Number.POSITIVE_INFINITY)) {
        // Outside of the promise, as a bug in a client's socket handler would be.
        setImmediate(() => {
          throw new Error('the client blew up');
        });
      }
      while (first >= (params.hangAt ?? Number.POSITIVE_INFINITY)) {
        // A thread that never comes back to its event loop.
      }
      if (params.answerMs !== undefined) await clock.sleep(ms(params.answerMs));
      return ok;
    },
    [Symbol.asyncDispose]: async () => {},
  };
}

/** Receives one record a lane each 100 ms, until it is disposed; the last delta is told then. */
async function openReceiver(
  { params, clock, scope }: OpenInput<FakeParams>,
  tells: ReceiverTells,
): Promise<Receiver> {
  const over = new AbortController();
  let received = 0;
  let paused = false;
  tells.member({ act: 'assigned', assigned: lanesOf(params), seen: 'all of it' });
  const receiving = (async (): Promise<void> => {
    while (!over.signal.aborted) {
      await clock.sleep(ms(100), AbortSignal.any([over.signal, scope.signal])).catch(() => {});
      if (over.signal.aborted) return;
      if (paused) continue;
      for (const lane of lanesOf(params)) tells.consumed(lane, 1);
      received += 1;
    }
  })();
  return {
    ended: params.receiverDies
      ? clock.sleep(seconds(1)).then(() => {
          throw new Error('kicked out of the group');
        })
      : new Promise(() => {}),
    pause: () => {
      paused = true;
    },
    resume: () => {
      paused = false;
    },
    flush: () => {},
    [Symbol.asyncDispose]: async () => {
      if (over.signal.aborted) return;
      over.abort();
      await receiving;
      const deltas = lanesOf(params).map((of) => ({
        ...of,
        session: 'p0',
        as: 'consumed' as const,
        ranges: [[0, received - 1] as const],
      }));
      tells.deliveries(deltas);
    },
  };
}

/** A workload that talks to nobody: for tests of pools and for measuring the driver alone. */
export const fakeWorkload: Workload<FakeParams> = {
  name: 'fake',
  producers: () => 1,
  members: () => 1,
  parse: (params) => ({ params: params as FakeParams }),
  openSender,
  openReceiver,
  groupOf: () => 'fake',
  identify: () => null,
  finalReads: async () => {},
};

/** No system is there. */
export const NO_CLIENTS = {} as LogClients;

/** A sender's job at a constant rate. */
export const jobOf = (changes: Partial<WorkerJob> & { rate?: number; forMs?: number } = {}) => {
  const { rate = 1_000, forMs = 2_000, ...rest } = changes;
  const job: WorkerJob = {
    role: 'send',
    session: 'p0',
    run: 'a-run',
    view: { driver: 'none', bootstrap: [], clientId: 'none' },
    workload: { name: 'fake', params: {} satisfies JsonObject },
    topics: [],
    stages: [{ fromRate: rate, toRate: rate, forMs }],
    part: 0,
    of: 1,
    clockOrigin: null,
    inFlightMax: 64,
    lingerMs: seconds(2),
    throttle: null,
    ...rest,
  };
  return job;
};
