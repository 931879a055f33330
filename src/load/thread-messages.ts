import { type Span, seconds } from '../core/time.ts';

/** What crosses to a worker thread beside commands. */
export type ThreadCommand = { readonly kind: 'close' };

/** A sign of life, so that a thread that hangs is told from one with nothing to say. */
export type ThreadNews = { readonly kind: 'alive' };

/** How often a thread gives a sign of life. */
export const ALIVE_EVERY: Span = seconds(1);
