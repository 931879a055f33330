import { z } from 'zod';
import type { Json } from '../../../core/json.ts';
import { isCanonical } from '../../range-set.ts';

/** Pieces that the schemas of several files share. */
export const text = z.string();
/** A whole number from 0. */
export const count = z.number().int().min(0);
/** A 64-bit offset as text. */
export const offset = z.string().regex(/^-?\d{1,19}$/, 'not an offset');
/** Any JSON value. */
export const json: z.ZodType<Json> = z.json();
/** The two fields by which a partition is named. */
export const partitionShape = { topic: text, partition: count };
/** A set of sequence numbers in its canonical form. */
export const ranges = z
  .array(z.tuple([count, count]))
  .refine(isCanonical, 'not a canonical set of ranges');

type Mutable<T> = T extends (...args: never) => unknown
  ? T
  : T extends object
    ? { -readonly [K in keyof T]: Mutable<T[K]> }
    : T;
type Extends<A, B> = [A] extends [B] ? true : false;
/** Whether two types describe the same data, `readonly` aside. */
export type Same<A, B> =
  Extends<Mutable<A>, Mutable<B>> extends true ? Extends<Mutable<B>, Mutable<A>> : false;
/** Compiles for `true` only. */
export type Assert<T extends true> = T;
