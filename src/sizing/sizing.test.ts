import { describe, expect, it } from 'vitest';
import { recordOf } from '../checkers/test/a-record.ts';
import { assumptionsOf, firstBroken } from './assumptions.ts';
import { type Declared, parseDeclared } from './declared.ts';
import { formulasOf } from './formulas.ts';
import { type Measured, measuredOf } from './measured.ts';
import { showAssumptions, showFormulas } from './show.ts';

/** A load with round numbers: 2 000 records of 1 KiB a second, kept for a day. */
const WORDS = {
  rate: '2000',
  recordBytes: '1KiB',
  retention: '1d',
  partitionBytes: '50GiB',
  partitionRate: '500',
  consumerRate: '250',
  replication: '3',
  applications: '6',
  cpu: '0.5',
  cpuMax: '1',
  memory: '256MiB',
  memoryMax: '512MiB',
  latency: '50ms',
};
const declared = (changes: Readonly<Record<string, string>> = {}): Declared => {
  const parsed = parseDeclared({ ...WORDS, ...changes });
  if ('problems' in parsed) throw new Error(parsed.problems.join('; '));
  return parsed.declared;
};
const resultsOf = (given: Declared) =>
  Object.fromEntries(
    formulasOf(given).map(({ name, plain, fuller }) => [
      name,
      [plain, fuller].map(({ results }) => results.map(({ value }) => value)),
    ]),
  );

describe('a declared load', () => {
  it('is read with its units', () => {
    expect(declared()).toMatchObject({
      rate: 2_000,
      recordBytes: 1_024,
      retention: 86_400,
      partitionBytes: 50 * 1024 ** 3,
      memory: 256 * 1024 ** 2,
      latency: 0.05,
    });
  });

  it('tells every problem at once', () => {
    const parsed = parseDeclared({ rate: 'fast', retention: '7', applications: 1.5, size: 1 });
    expect(parsed).toEqual({
      problems: [
        expect.stringMatching(/^size: nothing that can be declared \(rate, recordBytes, /),
        'rate: expected a number above 0, got "fast"',
        'retention: expected a length of time, as 20ms, 10s, 12h or 7d, got "7"',
        'applications: expected a whole number above 0, got 1.5',
        'recordBytes: has to be declared',
      ],
    });
  });
});

describe('the formulas', () => {
  it('come to what can be computed by hand', () => {
    const total = 2_000 * 1_024 * 86_400; // 165 GiB a day
    expect(resultsOf(declared())).toEqual({
      // 165 / 50 → 4 as told; by what a consumer handles, 2 000 / 250 = 8.
      partitions: [[4], [8, total * 3]],
      throughput: [[8 * 500], [2_000 * 1_024 * 3, 2_000 * 1_024 * 3]],
      request: [
        [3, 6 * 256 * 1024 ** 2],
        [3, 6 * 256 * 1024 ** 2],
      ],
      limit: [
        [6, 6 * 512 * 1024 ** 2],
        [6, 6 * 512 * 1024 ** 2],
      ],
    });
  });

  it('count no application that would have no partition', () => {
    const { request } = resultsOf(declared({ applications: '20' }));
    expect(request?.map(([cpu]) => cpu)).toEqual([10, 4]);
  });

  it('name what they lack, and guess nothing', () => {
    const parsed = parseDeclared({ rate: 100, recordBytes: 100 });
    if ('problems' in parsed) throw new Error('it is whole');
    const formulas = formulasOf(parsed.declared);
    expect(formulas.map(({ plain }) => plain.needs)).toEqual([
      ['retention', 'partitionBytes'],
      ['partitionRate', 'partitionBytes'],
      ['applications', 'cpu', 'memory'],
      ['applications', 'cpuMax', 'memoryMax'],
    ]);
    expect(showFormulas(formulas)).toContain('not computed: applications, cpu, memory');
  });
});

/** Figures that a run of the example load gave on two cores, rounded. */
const RUN: Measured = {
  run: 'recorded',
  seconds: 10,
  due: 2_000,
  attempted: 2_000,
  acknowledged: 1_998,
  byPartition: [334, 333, 333, 333, 333, 332],
  partitions: 6,
  recordBytes: 1_024,
  latencyP99: 21,
  coresBusy: 1.3,
  cores: 8,
  memoryBytes: 16 * 1024 ** 3,
};
const AT_LIMIT: Partial<Measured> = { due: 9_000, attempted: 9_000 };
const ONE: Measured = {
  ...RUN,
  ...AT_LIMIT,
  acknowledged: 1_500,
  byPartition: [1_500],
  partitions: 1,
};

describe('the assumptions of the formulas', () => {
  const statesOf = (given: Declared, run: Measured, one: Measured | null) =>
    Object.fromEntries(assumptionsOf(given, { run, one }).map(({ says, state }) => [says, state]));

  it('hold or are not shown where a run came nowhere near a limit', () => {
    const assumptions = assumptionsOf(declared(), { run: RUN, one: null });
    expect(firstBroken(assumptions)).toBe(null);
    expect(statesOf(declared(), RUN, null)).toMatchObject({
      'the load is the one that was declared': 'holds',
      'one partition takes what was declared of one': 'not shown',
      'the throughput of n partitions is n times that of one': 'not shown',
      'need × applications is what the load takes': 'holds',
    });
    expect(showAssumptions(assumptions)).toContain('no assumption is known not to hold');
  });

  it.each<[string, Record<string, string>, Partial<Measured>, Measured | null]>([
    ['the load is the one that was declared', { rate: '3000' }, {}, null],
    ['records are as large as declared', { recordBytes: '100' }, {}, null],
    [
      'every partition takes an even share',
      {},
      { byPartition: [1_400, 120, 120, 120, 119, 119] },
      null,
    ],
    [
      'one partition takes what was declared of one',
      { rate: '9000' },
      { ...AT_LIMIT, acknowledged: 2_400, byPartition: Array(6).fill(400) },
      null,
    ],
    [
      'the throughput of n partitions is n times that of one',
      { rate: '9000' },
      { ...AT_LIMIT, acknowledged: 3_600, byPartition: Array(6).fill(600) },
      ONE,
    ],
    ['at that load 99 of 100 records are in time', { latency: '20ms' }, {}, null],
    ['every application has a partition to read', { applications: '9' }, {}, null],
    ['all limits together fit on the machine', { cpuMax: '2' }, {}, null],
  ])('are found out when planted: %s', (says, changes, run, one) => {
    const assumptions = assumptionsOf(declared(changes), { run: { ...RUN, ...run }, one });
    expect(firstBroken(assumptions)?.says).toBe(says);
    expect(showAssumptions(assumptions)).toContain(
      `the first assumption that did not hold: ${says}`,
    );
  });

  it('about many partitions are not judged by runs that were not at their limit', () => {
    const slow = { ...RUN, acknowledged: 1_998 };
    const says = 'the throughput of n partitions is n times that of one';
    expect(statesOf(declared(), slow, ONE)[says]).toBe('not shown');
    const idle = { ...ONE, due: 1_500 };
    expect(statesOf(declared(), RUN, idle)[says]).toBe('not shown');
  });
});

describe('what a run measured', () => {
  it('is taken from its baseline', () => {
    const record = recordOf();
    expect(measuredOf(record)).toMatchObject({
      run: 'a-run',
      seconds: 20,
      due: 100,
      attempted: 100,
      acknowledged: 100,
      byPartition: [50, 50],
      partitions: 2,
      recordBytes: null,
      coresBusy: null,
    });
    expect(measuredOf({ ...record, events: [] })).toBe(null);
  });
});
