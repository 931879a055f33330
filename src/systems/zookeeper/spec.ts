import { z } from 'zod';

/** What a suite may say of an ensemble, with defaults filled in. */
export type EnsembleSpec = {
  readonly version: string;
  readonly servers: number;
  /** Heap of every server, in MiB. */
  readonly heapMiB: number;
};

/** The newest of 3.9 when this was written. */
export const DEFAULT_ENSEMBLE_VERSION = '3.9.5';

const SIZES = [1, 3, 5];

/** Checks what a suite wrote of an ensemble, and fills in what it left out. */
export const ensembleSchema = z.strictObject(
  {
    version: z
      .string({ error: 'expected a version such as "3.9.5"' })
      .regex(/^3\.[89]\.\d+$/, { error: 'expected 3.8.x or 3.9.x, by its number' })
      .default(DEFAULT_ENSEMBLE_VERSION),
    servers: z
      .int({ error: 'expected 1, 3 or 5' })
      .refine((count) => SIZES.includes(count), { error: 'expected 1, 3 or 5' })
      .default(3),
    heapMiB: z
      .int({ error: 'expected a whole number from 64 to 8192' })
      .min(64, { error: 'expected a whole number from 64 to 8192' })
      .max(8192, { error: 'expected a whole number from 64 to 8192' })
      .default(128),
  },
  { error: 'expected { version, servers, heapMiB }' },
);
