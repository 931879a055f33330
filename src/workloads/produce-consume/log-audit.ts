import type { ReadBatch, ReadRecord } from '../../clients/kafka/port.ts';
import type { DeliveryDelta, Fate } from '../../record/ledger.ts';
import { type SessionId, showPartition, type TopicPartition } from '../../record/names.ts';
import { RangeSet } from '../../record/range-set.ts';
import { OffsetMap } from './offset-map.ts';
import { Strangers } from './strangers.ts';
import type { ValueIdentity, ValueReader } from './value.ts';

/**
 * What the log of one partition holds, batch by batch in order of offset, as the ledger tells it:
 *
 *   in-log               the record is there
 *   in-log-again         … at another offset too, with the offsets of the first so many
 *   in-log-out-of-order  … behind one with a higher number of its session, with that number
 *   corrupt              not what was sent; in the log too where it says which record it was
 *   misplaced            sent to another partition
 *   phantom              of no session of this run, beyond what that attempted, or not ours
 *
 * Memory grows with the number of irregularities, not of records.
 */

/** How many duplicates and overtaken records are told one by one, for each session. */
export const WITNESSES_MAX = 100;

/** What an audit goes by. */
export interface AuditInput {
  readonly of: TopicPartition;
  readonly values: ValueReader;
  /** The last sequence number that each session attempted in this partition. */
  readonly attempted: ReadonlyMap<SessionId, number>;
}

interface Found {
  readonly inLog: RangeSet;
  readonly again: RangeSet;
  readonly outOfOrder: RangeSet;
  readonly offsets: OffsetMap;
  /** Second and later offsets of records that are there more than once. */
  readonly copies: Map<number, bigint[]>;
  readonly overtaken: { readonly sequence: number; readonly by: number }[];
  highest: number;
}

/** Audits one partition. */
export class LogAudit {
  readonly #input: AuditInput;
  readonly #strangers: Strangers;
  readonly #sessions = new Map<SessionId, Found>();
  #records = 0;
  #trouble: string | null = null;

  constructor(input: AuditInput) {
    this.#input = input;
    this.#strangers = new Strangers(input.of, 'final-read');
  }

  /** Data records looked at. */
  get records(): number {
    return this.#records;
  }

  /** Why not every record could be looked at; null when all were. */
  get trouble(): string | null {
    return this.#trouble;
  }

  /** Takes a batch; of its records those from `from` on and before `to`. */
  take(batch: ReadBatch, from: bigint, to: bigint): void {
    if (!batch.crcOk) {
      const why = `batch ${span(batch)} fails its CRC32C`;
      this.#strangers.add('corrupt', batch.baseOffset, why);
      if (batch.records === null) this.#trouble ??= `${why}, its records cannot be read`;
    } else if (batch.control !== null) return;
    else if (batch.records === null) {
      this.#trouble ??= `batch ${span(batch)} is in ${batch.codec}, which cannot be read here`;
    }
    for (const record of batch.records ?? []) {
      if (record.offset >= from && record.offset < to) this.#look(record);
    }
  }

  /** All that was found, at the end. */
  deltas(): readonly DeliveryDelta[] {
    const strangers = [...this.#strangers.drain(), ...this.#strangers.rest()];
    return [
      ...strangers,
      ...[...this.#sessions].flatMap(([session, found]) => this.#told(session, found)),
    ];
  }

  #look({ offset, value }: ReadRecord): void {
    this.#records += 1;
    const decoded = this.#input.values.decode(value);
    if (decoded.kind === 'ours') {
      const stranger = this.#strange(decoded);
      if (stranger === null) this.#found(decoded, offset);
      else this.#strangers.add(stranger.as, offset, stranger.why);
    } else if (decoded.kind === 'damaged') {
      this.#strangers.add('corrupt', offset, decoded.why);
      // It arrived, if not whole: told as corrupt, it is not lost too.
      const { identity } = decoded;
      if (identity !== null && this.#strange(identity) === null) this.#found(identity, offset);
    } else this.#strangers.add('phantom', offset, decoded.why);
  }

  #strange(identity: ValueIdentity): { as: 'misplaced' | 'phantom'; why: string } | null {
    const { session, sequence } = identity;
    const { of, attempted } = this.#input;
    const record = `record ${sequence} of session ${session}`;
    if (showPartition(identity) !== showPartition(of)) {
      const why = `${record} was sent to ${showPartition(identity)}, found in ${showPartition(of)}`;
      return { as: 'misplaced', why };
    }
    const upTo = attempted.get(session);
    if (upTo === undefined) return { as: 'phantom', why: `${record}: no such session sent here` };
    if (sequence <= upTo) return null;
    const last = upTo < 0 ? 'attempted none here' : `attempted no more than ${upTo}`;
    return { as: 'phantom', why: `${record}, which ${last}` };
  }

  #found({ session, sequence }: ValueIdentity, offset: bigint): void {
    const found = this.#sessions.get(session) ?? nothingFound();
    this.#sessions.set(session, found);
    if (found.inLog.has(sequence)) {
      found.again.add(sequence);
      const copies = found.copies.get(sequence);
      if (copies !== undefined) copies.push(offset);
      else if (found.copies.size < WITNESSES_MAX) found.copies.set(sequence, [offset]);
      return;
    }
    found.inLog.add(sequence);
    found.offsets.add(sequence, offset);
    if (sequence > found.highest) found.highest = sequence;
    else {
      found.outOfOrder.add(sequence);
      if (found.overtaken.length < WITNESSES_MAX) {
        found.overtaken.push({ sequence, by: found.highest });
      }
    }
  }

  #told(session: SessionId, found: Found): readonly DeliveryDelta[] {
    const { topic, partition } = this.#input.of;
    const of = { topic, partition, session };
    const fates: readonly (readonly [Fate, RangeSet])[] = [
      ['in-log', found.inLog],
      ['in-log-again', found.again],
      ['in-log-out-of-order', found.outOfOrder],
    ];
    return [
      ...fates
        .filter(([, set]) => !set.isEmpty)
        .map(([as, set]) => ({ ...of, as, ranges: set.ranges() })),
      ...[...found.copies].map(([sequence, copies]) => ({
        ...of,
        as: 'duplicate-offsets' as const,
        sequence,
        offsets: [found.offsets.get(sequence), ...copies]
          .filter((offset) => offset !== null)
          .map(String),
      })),
      ...found.overtaken.map((line) => ({ ...of, as: 'overtaken' as const, ...line })),
    ];
  }
}

const nothingFound = (): Found => ({
  inLog: new RangeSet(),
  again: new RangeSet(),
  outOfOrder: new RangeSet(),
  offsets: new OffsetMap(),
  copies: new Map(),
  overtaken: [],
  highest: -1,
});

const span = ({ baseOffset, lastOffset }: ReadBatch): string => `${baseOffset}–${lastOffset}`;
