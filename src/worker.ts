import { parentPort, workerData } from 'node:worker_threads';
import { invariant } from './core/errors.ts';
import type { WorkerJob } from './load/pool.ts';
import { serveLoadWorker } from './load/serve.ts';
import { clientsOf, workloadOf } from './registry.ts';

/**
 * Entry of a load worker's thread: gets its job, its workload and its clients, and serves until
 * told to close.
 */
invariant(parentPort !== null, 'a load worker was started as a process of its own');
serveLoadWorker({ job: workerData as WorkerJob, port: parentPort, workloadOf, clientsOf });
