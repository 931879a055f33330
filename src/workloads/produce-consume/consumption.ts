import type { ConsumedBatch } from '../../clients/kafka/port.ts';
import { invariant } from '../../core/errors.ts';
import type { DeliveryDelta, FateDelta } from '../../record/ledger.ts';
import { type SessionId, showPartition, type TopicPartition } from '../../record/names.ts';
import { RangeSet } from '../../record/range-set.ts';
import { Strangers } from './strangers.ts';
import type { ValueIdentity, ValueReader } from './value.ts';

/**
 * What a live consumer was given of one partition. A record at an offset that was given before is a
 * redelivery (`consumed-again`), which at-least-once allows. The same record at *another* offset is
 * no redelivery but a duplicate in the log: the final read tells those, and here it counts as
 * consumed once. Which offsets were given is kept as runs, so memory grows with irregularities.
 *
 * A partition may go to another member and come back where that one committed last, which may be
 * before records that were given here in the meantime. So order is looked at anew from each
 * assignment on: a record is out of order when one with a higher number was given since.
 */

interface Session {
  readonly ever: RangeSet;
  readonly fresh: Readonly<Record<ConsumedFate, RangeSet>>;
  highest: number;
}
const CONSUMED_FATES = ['consumed', 'consumed-again', 'consumed-out-of-order'] as const;
type ConsumedFate = (typeof CONSUMED_FATES)[number];

/** Follows one partition. */
export class Consumption {
  readonly #of: TopicPartition;
  readonly #values: ValueReader;
  readonly #strangers: Strangers;
  readonly #offsets = new RangeSet();
  readonly #sessions = new Map<SessionId, Session>();

  constructor(of: TopicPartition, values: ValueReader) {
    this.#of = { topic: of.topic, partition: of.partition };
    this.#values = values;
    this.#strangers = new Strangers(of, 'consumer');
  }

  /** Takes a batch; gives the number of its records that were not given before. */
  take(records: ConsumedBatch['records']): number {
    let fresh = 0;
    let previous: number | null = null;
    for (const { offset, value } of records) {
      const at = Number(offset);
      invariant(Number.isSafeInteger(at), `offset ${offset} is beyond what can be counted`);
      const again = this.#offsets.has(at);
      // Inside a batch a gap holds no data (a marker, say): covered, it does not split the run.
      this.#offsets.add(previous === null ? at : previous + 1, at);
      previous = at;
      if (!again) fresh += 1;
      this.#look(offset, value, again);
    }
    return fresh;
  }

  /** The group was joined anew: what comes next may go on elsewhere. */
  assignedAnew(): void {
    for (const session of this.#sessions.values()) session.highest = -1;
  }

  /** What is new since the last call. */
  drain(): readonly DeliveryDelta[] {
    const fates = [...this.#sessions].flatMap(([session, { fresh }]) =>
      CONSUMED_FATES.filter((as) => !fresh[as].isEmpty).map(
        (as): FateDelta => ({ ...this.#of, session, as, ranges: fresh[as].drain() }),
      ),
    );
    return [...fates, ...this.#strangers.drain()];
  }

  /** Lines that can only be told at the end. */
  rest(): readonly DeliveryDelta[] {
    return this.#strangers.rest();
  }

  #look(offset: bigint, value: Uint8Array | null, again: boolean): void {
    const decoded = this.#values.decode(value);
    if (decoded.kind === 'ours') this.#ours(decoded, offset, again);
    else if (!again) {
      this.#strangers.add(decoded.kind === 'damaged' ? 'corrupt' : 'phantom', offset, decoded.why);
    }
  }

  #ours(identity: ValueIdentity, offset: bigint, again: boolean): void {
    const { session, topic, partition, sequence } = identity;
    if (topic !== this.#of.topic || partition !== this.#of.partition) {
      const of = showPartition({ topic, partition });
      const why = `record ${sequence} of session ${session} was sent to ${of}`;
      if (!again) this.#strangers.add('misplaced', offset, why);
      return;
    }
    const known = this.#sessions.get(session) ?? newSession();
    this.#sessions.set(session, known);
    if (again) known.fresh['consumed-again'].add(sequence);
    const isInOrder = sequence > known.highest;
    if (isInOrder) known.highest = sequence;
    if (known.ever.has(sequence)) return;
    known.ever.add(sequence);
    known.fresh.consumed.add(sequence);
    if (!isInOrder) known.fresh['consumed-out-of-order'].add(sequence);
  }
}

const newSession = (): Session => ({
  ever: new RangeSet(),
  fresh: {
    consumed: new RangeSet(),
    'consumed-again': new RangeSet(),
    'consumed-out-of-order': new RangeSet(),
  },
  highest: -1,
});
