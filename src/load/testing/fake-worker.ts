import { parentPort, workerData } from 'node:worker_threads';
import type { Workload } from '../../workloads/workload.ts';
import type { WorkerJob } from '../pool.ts';
import { serveLoadWorker } from '../serve.ts';
import { fakeWorkload, NO_CLIENTS } from './fake-workload.ts';

// The thread of a load worker as src/worker.ts is, with a workload that talks to nobody.
if (parentPort === null) throw new Error('this runs in a worker thread only');
serveLoadWorker({
  job: workerData as WorkerJob,
  port: parentPort,
  workloadOf: () => fakeWorkload as unknown as Workload,
  clientsOf: () => NO_CLIENTS,
});
