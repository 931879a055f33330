import { randomBytes } from 'node:crypto';

/** A seed for a run that was given none; short enough to type. */
export const newSeed = (): string => randomBytes(4).toString('hex');
