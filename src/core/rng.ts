import { invariant } from './errors.ts';

/** A seeded source of random numbers; other draws never shift the streams that `fork` gives. */
export interface Rng {
  readonly seed: string;
  /** A number from 0 up to, but without, 1. */
  next(): number;
  /** An integer from 0 up to, but without, `below`. */
  below(below: number): number;
  /** One of the given things; they must not be empty. */
  pick<T>(things: readonly T[]): T;
  /** A stream of its own, named by what it is for. */
  fork(label: string): Rng;
}

/** FNV-1a over the text, as the start of a stream. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    value ^= text.charCodeAt(index);
    value = Math.imul(value, 0x01000193);
  }
  return value >>> 0;
}

/**
 * Makes the source for a seed (mulberry32: 32 bits of state are plenty for choosing targets and
 * times).
 */
export function rngOf(seed: string): Rng {
  let state = hash(seed);
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  return {
    seed,
    next,
    below,
    pick: <T>(things: readonly T[]): T => {
      invariant(things.length > 0, 'picked one of no things');
      return things[below(things.length)] as T;
    },
    fork: (label) => rngOf(`${seed}/${label}`),
  };
}
