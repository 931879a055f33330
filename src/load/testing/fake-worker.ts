import { parentPort, workerData } from 'node:worker_threads';
import type { Workload } from '../../workloads/workload.ts';
import type { ThreadData } from '../thread-messages.ts';
import { serveLoadWorker } from '../worker/serve.ts';
import { fakeWorkload, NO_CLIENTS } from './fake-workload.ts';

// The thread of a load worker as src/worker.ts is, with a workload that talks to nobody.
if (parentPort === null) throw new Error('this runs in a worker thread only');
serveLoadWorker({
  data: workerData as ThreadData,
  port: parentPort,
  workloadOf: () => fakeWorkload as unknown as Workload,
  clientsOf: () => NO_CLIENTS,
});
