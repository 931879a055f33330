import type { Rng } from '../../../core/rng.ts';
import type { LinkState } from '../../links.ts';

/** A link as it is when nobody has touched it. */
export const OPEN: LinkState = {
  cut: false,
  blackhole: false,
  delayMs: 0,
  jitterMs: 0,
  bytesPerSecond: null,
};

/** What bends to the state of a direction: the same direction of one connection. */
export interface Traffic {
  /** The state has changed: what is held is timed anew. */
  retime(): void;
}

/** The largest piece that is handed on at once: what the kernel gives in one read. */
const PIECE_MAX = 64 * 1024;
/** With a limited bandwidth a piece is what gets through in this time, in ms. */
const PIECE_MS = 20;
const PIECE_MIN = 256;
/** A sender is not read from any more when so much of it is held; its kernel then holds it back. */
const HELD_MAX = 256 * 1024;
/** A long way that is wide has more on it at a time. */
const HELD_ON_THE_WAY_MAX = 8 * 1024 * 1024;

/**
 * One direction of a link, shared by all connections of the pair: its state, what went through it,
 * and when a piece that comes now arrives. The bandwidth is that of all of them together.
 */
export class LinkDirection {
  state: LinkState = OPEN;
  passedBytes = 0;
  heldBytes = 0;
  readonly traffic = new Set<Traffic>();
  readonly #rng: Rng;
  readonly #now: () => number;
  /** When the last piece that was let in has left: the next one cannot leave before. */
  #freeAt = 0;

  constructor(rng: Rng, now: () => number) {
    this.#rng = rng;
    this.#now = now;
  }

  /** Nothing has to be held: bytes may go straight through. */
  get isPlain(): boolean {
    const { cut, delayMs, jitterMs, bytesPerSecond } = this.state;
    return !cut && delayMs === 0 && jitterMs === 0 && bytesPerSecond === null;
  }

  get pieceMax(): number {
    const { bytesPerSecond } = this.state;
    if (bytesPerSecond === null) return PIECE_MAX;
    const piece = Math.floor((bytesPerSecond * PIECE_MS) / 1_000);
    return Math.min(PIECE_MAX, Math.max(PIECE_MIN, piece));
  }

  get heldMax(): number {
    const { delayMs, bytesPerSecond } = this.state;
    return delayMs > 0 && bytesPerSecond === null ? HELD_ON_THE_WAY_MAX : HELD_MAX;
  }

  set(change: Partial<LinkState>): void {
    this.state = { ...this.state, ...change };
    this.#freeAt = 0;
    for (const one of this.traffic) one.retime();
  }

  /** When so many bytes that are let in now arrive at the other end. */
  dueOf(bytes: number): number {
    const { delayMs, jitterMs, bytesPerSecond } = this.state;
    const now = this.#now();
    if (bytesPerSecond !== null) {
      this.#freeAt = Math.max(now, this.#freeAt) + (bytes / bytesPerSecond) * 1_000;
    }
    const jitter = jitterMs === 0 ? 0 : (this.#rng.next() * 2 - 1) * jitterMs;
    return Math.max(now, this.#freeAt) + Math.max(0, delayMs + jitter);
  }

  now(): number {
    return this.#now();
  }
}
