import { HighwaterError } from '../core/errors.ts';

/**
 * What is being made in an engine at the moment. An engine finishes what it was asked for, whoever
 * lost interest meanwhile; so a run that closes refuses new work and waits for what is under way,
 * and whatever it then finds is all that there will ever be.
 */
export class Works {
  readonly #underWay = new Set<Promise<unknown>>();
  #closed = false;

  /** Does one thing, unless the run is closed. */
  async do<T>(what: string, body: () => Promise<T>): Promise<T> {
    if (this.#closed) {
      throw new HighwaterError('ENV_NOT_READY', `${what}: the run is closed`);
    }
    const work = body();
    this.#underWay.add(work);
    try {
      return await work;
    } finally {
      this.#underWay.delete(work);
    }
  }

  /** No more is begun; resolves when nothing is under way. */
  async close(): Promise<void> {
    this.#closed = true;
    while (this.#underWay.size > 0) await Promise.allSettled(this.#underWay);
  }
}
