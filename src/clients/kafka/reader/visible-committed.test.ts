import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ReadBatch, ReadRecord } from '../port.ts';
import { visibleCommitted } from './visible-committed.ts';

const NO_PRODUCER = -1n;

/** Lays batches out one behind the other. */
function logOf(...parts: readonly ((offset: bigint) => ReadBatch)[]): ReadBatch[] {
  let offset = 0n;
  return parts.map((part) => {
    const batch = part(offset);
    offset = batch.lastOffset + 1n;
    return batch;
  });
}

type Overrides = Partial<Omit<ReadBatch, 'baseOffset' | 'lastOffset'>>;
const batch =
  (overrides: Overrides, values: readonly string[]) =>
  (baseOffset: bigint): ReadBatch => ({
    baseOffset,
    lastOffset: baseOffset + BigInt(Math.max(1, values.length) - 1),
    leaderEpoch: 0,
    producerId: NO_PRODUCER,
    producerEpoch: 0,
    baseSequence: 0,
    isTransactional: false,
    control: null,
    crcOk: true,
    codec: 'none',
    records: values.map((value, at) => recordOf(baseOffset + BigInt(at), value)),
    ...overrides,
  });
const recordOf = (offset: bigint, value: string): ReadRecord => ({
  offset,
  timestamp: 0n,
  key: null,
  value: Buffer.from(value),
  headers: [],
});
const plain = (...values: string[]) => batch({}, values);
const sent = (producerId: bigint, ...values: string[]) =>
  batch({ producerId, isTransactional: true }, values);
const commits = (producerId: bigint, producerEpoch = 0) =>
  batch({ producerId, producerEpoch, isTransactional: true, control: 'commit' }, ['']);
const aborts = (producerId: bigint, producerEpoch = 0) =>
  batch({ producerId, producerEpoch, isTransactional: true, control: 'abort' }, ['']);

const [A, B] = [1n, 2n];
const valuesOf = (records: readonly ReadRecord[]): string[] =>
  records.map((record) => Buffer.from(record.value ?? []).toString());
const visible = (...parts: readonly ((offset: bigint) => ReadBatch)[]): string[] =>
  valuesOf(visibleCommitted(logOf(...parts)).records);

describe('visibleCommitted', () => {
  it('shows plain and committed records, in order of offset', () => {
    expect(visible(plain('p'), sent(A, 'a1', 'a2'), plain('q'), commits(A))).toEqual([
      'p',
      'a1',
      'a2',
      'q',
    ]);
  });

  it('hides an aborted transaction between others', () => {
    expect(visible(sent(A, 'a'), sent(B, 'b'), aborts(A), commits(B))).toEqual(['b']);
  });

  it('hides both when the transaction that began last aborts first', () => {
    expect(visible(sent(A, 'a1'), sent(B, 'b'), sent(A, 'a2'), aborts(B), aborts(A))).toEqual([]);
  });

  it('hides both transactions of a producer that aborts twice, and shows those around them', () => {
    const twice = [sent(A, 'x1'), aborts(A), sent(A, 'y'), commits(A), sent(A, 'x2'), aborts(A)];
    expect(visible(...twice, sent(A, 'z'), commits(A))).toEqual(['y', 'z']);
  });

  it('takes a marker without data as the end of nothing', () => {
    expect(visible(aborts(A), plain('p'), aborts(A), commits(B), sent(A, 'a'), commits(A))).toEqual(
      ['p', 'a'],
    );
  });

  it('lets a marker of a later epoch end a transaction, as a fencing coordinator writes it', () => {
    expect(visible(sent(A, 'a'), aborts(A, 5), sent(A, 'b'), commits(A, 6))).toEqual(['b']);
  });

  it('shows nothing from the first record of an open transaction on', () => {
    const view = visibleCommitted(
      logOf(plain('p'), sent(A, 'open'), plain('q'), sent(B, 'b'), commits(B)),
    );
    expect(valuesOf(view.records)).toEqual(['p']);
    expect(view.lastStable).toBe(1n);
    expect(view.fates).toEqual(['plain', 'open', 'plain', 'committed', 'control']);
  });

  it('puts the last stable offset behind the last batch when nothing is open', () => {
    expect(visibleCommitted(logOf(sent(A, 'a', 'b'), commits(A))).lastStable).toBe(3n);
    expect(visibleCommitted([]).lastStable).toBe(0n);
  });

  it('takes control batches that are no markers as the end of nothing', () => {
    const other = batch({ producerId: A, control: 'other' }, ['']);
    expect(visible(sent(A, 'a'), other, commits(A))).toEqual(['a']);
  });

  it('tells of batches whose records are not known', () => {
    const log = logOf(
      batch({ crcOk: false, records: null }, ['?']),
      batch({ codec: 'lz4', records: null }, ['?']),
      batch({ codec: 'lz4', records: null, producerId: A, isTransactional: true }, ['?']),
      aborts(A),
    );
    const view = visibleCommitted(log);
    expect(view.unreadable).toEqual([0n, 1n]);
    expect(view.fates).toEqual(['unreadable', 'plain', 'aborted', 'control']);
  });

  it('agrees with what producers decided, whatever the interleaving', () => {
    type Step = { producer: bigint; act: 'send' | 'commit' | 'abort' | 'plain' };
    const anyStep: fc.Arbitrary<Step> = fc.record({
      producer: fc.constantFrom(1n, 2n, 3n),
      act: fc.constantFrom('send', 'send', 'send', 'commit', 'abort', 'plain'),
    });
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 60 }), (steps) => {
        // The producers' side: each transaction is decided by its own end, told by name.
        const decided = new Map<string, 'commit' | 'abort'>();
        const running = new Map<bigint, number>();
        const parts = steps.map(({ producer, act }, at) => {
          const name = `${producer}/${running.get(producer) ?? 0}`;
          if (act === 'plain') return plain(`plain/${at}`);
          if (act === 'send') return sent(producer, `${name}/${at}`);
          decided.set(name, act);
          running.set(producer, (running.get(producer) ?? 0) + 1);
          return act === 'commit' ? commits(producer) : aborts(producer);
        });
        const log = logOf(...parts);
        const expected: string[] = [];
        for (const one of log) {
          const value = valuesOf(one.records ?? [])[0] as string;
          if (one.control !== null) continue;
          const fate = one.isTransactional ? decided.get(value.split('/', 2).join('/')) : 'commit';
          if (fate === undefined) break;
          if (fate === 'commit') expected.push(value);
        }
        expect(valuesOf(visibleCommitted(log).records)).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });
});
