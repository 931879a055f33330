import { ReceiverBody } from './receiver-body.ts';
import { SenderBody } from './sender-body.ts';
import type { WorkerBody, WorkerParts } from './worker-parts.ts';

/** Begins to open a worker; it says `opened` when it is, or `failed`. */
export const openBody = (parts: WorkerParts): WorkerBody =>
  parts.job.role === 'send' ? new SenderBody(parts) : new ReceiverBody(parts);
