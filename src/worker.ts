import { parentPort, workerData } from 'node:worker_threads';
import { invariant } from './core/errors.ts';
import type { ThreadData } from './load/thread-messages.ts';
import { serveLoadWorker } from './load/worker/serve.ts';
import { clientsOf, workloadOf } from './registry.ts';

/**
 * Entry of a load worker's thread: gets its job, its workload and its clients, and serves until
 * told to close.
 */
invariant(parentPort !== null, 'a load worker was started as a process of its own');
serveLoadWorker({ data: workerData as ThreadData, port: parentPort, workloadOf, clientsOf });
