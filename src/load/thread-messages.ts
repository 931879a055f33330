import { type Span, seconds } from '../core/time.ts';
import type { WorkerJob } from './pool.ts';

/** What a worker thread is started with. */
export interface ThreadData {
  readonly job: WorkerJob;
  /** Opens only when it is told to. */
  readonly standby: boolean;
  /** One 32-bit number: while it is `FROZEN`, a thread that was told to freeze stands still. */
  readonly gate: SharedArrayBuffer;
}

/** The gate of a thread that may not go on. */
export const FROZEN = 1;

/** What crosses to a worker thread beside commands. */
export type ThreadCommand = { readonly kind: 'close' };

/**
 * What comes from a worker thread beside news: a sign of life, so that a thread that hangs is told
 * from one with nothing to say; and that it has closed everything, so that it can be ended.
 */
export type ThreadNews = { readonly kind: 'alive' } | { readonly kind: 'closed' };

/** How often a thread gives a sign of life. */
export const ALIVE_EVERY: Span = seconds(1);
