import { ms } from '../core/time.ts';
import { bytes, perSecond, showBytes, showCount, showRate, showSpan } from '../core/units.ts';
import type { Declared } from './declared.ts';
import { partitionsOf } from './formulas.ts';
import type { Measured } from './measured.ts';

/**
 * What the formulas take for granted, held against what a run measured. In the order in which one
 * rests on the other: where the load was not the one that was declared, nothing after it says much.
 * An assumption is broken when the figures contradict it; a run that did not come near its limits
 * shows nothing about them, and is told to show nothing.
 */
export interface Assumption {
  readonly says: string;
  readonly state: 'holds' | 'broken' | 'not shown';
  readonly seen: string;
}

/** What the assumptions are held against. */
export interface Evidence {
  readonly run: Measured;
  /** The same load on one partition alone, at its limit; null when there is no such run. */
  readonly one: Measured | null;
}

/** So far apart two figures of one thing may be. */
const NEAR = 0.05;
/** So much more than its even share a partition may take. */
const UNEVEN = 1.25;

/** Looks at every assumption in order. Pure. */
export const assumptionsOf = (declared: Declared, evidence: Evidence): readonly Assumption[] => [
  loadCame(declared, evidence),
  recordsAreAsLarge(declared, evidence),
  partitionsAreEven(evidence),
  oneTakesAsMuch(declared, evidence),
  manyTakeManyTimesAsMuch(evidence),
  latencyIsKept(declared, evidence),
  everyApplicationHasWork(declared, evidence),
  needIsEnough(declared, evidence),
  limitsFit(declared, evidence),
];

/** The first assumption that did not hold; null when none is known to. */
export const firstBroken = (all: readonly Assumption[]): Assumption | null =>
  all.find(({ state }) => state === 'broken') ?? null;

const rate = (value: number): string => showRate(perSecond(Math.round(value)));
const isNear = (one: number, other: number): boolean => Math.abs(one - other) <= NEAR * other;
const judged = (says: string, holds: boolean, seen: string): Assumption => ({
  says,
  state: holds ? 'holds' : 'broken',
  seen,
});
const notShown = (says: string, seen: string): Assumption => ({ says, state: 'not shown', seen });

/** What is sent is more than what is taken: the figures are those of a limit. */
const isAtLimit = ({ due, acknowledged }: Measured): boolean => acknowledged < due * (1 - NEAR);

function loadCame({ rate: declared }: Declared, { run }: Evidence): Assumption {
  const seen = `declared ${rate(declared)}, due in the run ${rate(run.due)}`;
  return judged('the load is the one that was declared', isNear(run.due, declared), seen);
}

function recordsAreAsLarge({ recordBytes }: Declared, { run }: Evidence): Assumption {
  const says = 'records are as large as declared';
  if (run.recordBytes === null) return notShown(says, 'the workload does not tell their size');
  const show = (size: number): string => showBytes(bytes(size));
  const seen = `declared ${show(recordBytes)}, in the run ${show(run.recordBytes)}`;
  return judged(says, isNear(run.recordBytes, recordBytes), seen);
}

function partitionsAreEven({ run }: Evidence): Assumption {
  const says = 'every partition takes an even share';
  const [most, mean] = [Math.max(0, ...run.byPartition), run.acknowledged / run.partitions];
  if (mean === 0) return notShown(says, 'nothing was acknowledged');
  const seen = `the busiest of ${run.partitions} takes ${rate(most)}, an even share is ${rate(mean)}`;
  return judged(says, most <= mean * UNEVEN, seen);
}

function oneTakesAsMuch({ partitionRate }: Declared, { run, one }: Evidence): Assumption {
  const says = 'one partition takes what was declared of one';
  if (partitionRate === null) return notShown(says, 'partitionRate was not declared');
  const measured = one ?? run;
  const most = Math.max(0, ...measured.byPartition);
  const seen = `declared ${rate(partitionRate)}, the busiest took ${rate(most)}`;
  if (most >= partitionRate * (1 - NEAR)) return judged(says, true, seen);
  return isAtLimit(measured)
    ? judged(says, false, `${seen} when more was due than was taken`)
    : notShown(says, `${seen}, and no more was due`);
}

function manyTakeManyTimesAsMuch({ run, one }: Evidence): Assumption {
  const says = 'the throughput of n partitions is n times that of one';
  if (one === null) return notShown(says, 'it takes a run with one partition at its limit (--one)');
  if (one.partitions !== 1) return notShown(says, `${one.run} has ${one.partitions} partitions`);
  if (!isAtLimit(one)) return notShown(says, `${one.run} took all that was due: not its limit`);
  const expected = one.acknowledged * run.partitions;
  const seen =
    `one took ${rate(one.acknowledged)}, ${run.partitions} would take ${rate(expected)} ` +
    `and took ${rate(run.acknowledged)}`;
  if (run.acknowledged >= expected * (1 - NEAR)) return judged(says, true, seen);
  return isAtLimit(run) ? judged(says, false, seen) : notShown(says, `${seen}, as no more was due`);
}

function latencyIsKept({ latency }: Declared, { run }: Evidence): Assumption {
  const says = 'at that load 99 of 100 records are in time';
  if (latency === null) return notShown(says, 'latency was not declared');
  if (run.latencyP99 === null) return notShown(says, 'the run has no latency of its baseline');
  const show = (millis: number): string => showSpan(ms(millis));
  const seen = `declared ${show(latency * 1_000)}, measured ${show(run.latencyP99)}`;
  return judged(says, run.latencyP99 <= latency * 1_000, seen);
}

function everyApplicationHasWork(declared: Declared, { run }: Evidence): Assumption {
  const says = 'every application has a partition to read';
  const { applications } = declared;
  if (applications === null) return notShown(says, 'applications were not declared');
  const count = partitionsOf(declared) ?? run.partitions;
  const seen = `${showCount(applications)} applications, ${showCount(count)} partitions`;
  return judged(says, applications <= count, seen);
}

function needIsEnough({ cpu, applications }: Declared, { run }: Evidence): Assumption {
  const says = 'need × applications is what the load takes';
  if (cpu === null || applications === null) return notShown(says, 'cpu was not declared');
  if (run.coresBusy === null) return notShown(says, 'the run has no samples of the processor');
  const request = cpu * applications;
  const seen =
    `request ${showCount(request)} cores; the whole machine, its load generator included, ` +
    `was busy with ${showCount(run.coresBusy)}`;
  // The machine is an upper bound of what the applications took.
  return run.coresBusy <= request ? judged(says, true, seen) : notShown(says, seen);
}

function limitsFit(declared: Declared, { run }: Evidence): Assumption {
  const says = 'all limits together fit on the machine';
  const { applications, cpuMax, memoryMax } = declared;
  if (applications === null || (cpuMax === null && memoryMax === null)) {
    return notShown(says, 'limits were not declared');
  }
  const [cores, memory] = [(cpuMax ?? 0) * applications, (memoryMax ?? 0) * applications];
  const seen =
    `limits of ${showCount(cores)} cores and ${showBytes(bytes(memory))}, the machine has ` +
    `${run.cores ?? 'unknown'} and ${showBytes(bytes(run.memoryBytes ?? 0))}`;
  if (run.cores === null || run.memoryBytes === null) return notShown(says, seen);
  return judged(says, cores <= run.cores && memory <= run.memoryBytes, seen);
}
