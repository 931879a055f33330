import type { StrangerDelta } from '../../record/ledger.ts';
import type { TopicPartition } from '../../record/names.ts';

/** How many strangers of one kind are told one by one for a partition; the rest is one line. */
export const STRANGERS_MAX = 100;

type Kind = StrangerDelta['as'];
interface Rest {
  count: number;
  first: bigint;
  last: bigint;
}

/** Collects the strangers of one partition, so that a log full of them fills no memory. */
export class Strangers {
  readonly #of: TopicPartition;
  readonly #by: StrangerDelta['by'];
  readonly #told = new Map<Kind, number>();
  readonly #rest = new Map<Kind, Rest>();
  #fresh: StrangerDelta[] = [];

  constructor(of: TopicPartition, by: StrangerDelta['by']) {
    this.#of = { topic: of.topic, partition: of.partition };
    this.#by = by;
  }

  add(as: Kind, offset: bigint, why: string): void {
    const told = this.#told.get(as) ?? 0;
    if (told < STRANGERS_MAX) {
      this.#told.set(as, told + 1);
      this.#fresh.push(this.#delta(as, offset, why));
      return;
    }
    const rest = this.#rest.get(as) ?? { count: 0, first: offset, last: offset };
    this.#rest.set(as, rest);
    rest.count += 1;
    rest.last = offset;
  }

  /** Those that are new since the last call. */
  drain(): readonly StrangerDelta[] {
    const fresh = this.#fresh;
    this.#fresh = [];
    return fresh;
  }

  /** One line for each kind that had more than are told one by one. */
  rest(): readonly StrangerDelta[] {
    return [...this.#rest].map(([as, { count, first, last }]) =>
      this.#delta(as, first, `and ${count} more like these, up to offset ${last}`),
    );
  }

  #delta(as: Kind, offset: bigint, why: string): StrangerDelta {
    return { ...this.#of, as, by: this.#by, offset: String(offset), why };
  }
}
