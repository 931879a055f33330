import { openReceiverBody } from './receiver-body.ts';
import { openSenderBody } from './sender-body.ts';
import type { WorkerBody, WorkerParts } from './worker-parts.ts';

/** Begins to open a worker; it says `opened` when it is, or `failed`. */
export const openBody = (parts: WorkerParts): WorkerBody =>
  parts.job.role === 'send' ? openSenderBody(parts) : openReceiverBody(parts);
