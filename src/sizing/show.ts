import { ms } from '../core/time.ts';
import { bytes, perSecond, showBytes, showCount, showRate, showSpan } from '../core/units.ts';
import { type Assumption, firstBroken } from './assumptions.ts';
import type { Formula, Result, Term } from './formulas.ts';
import type { Measured } from './measured.ts';

/** Sizes, measurements and assumptions as plain text. Pure. */

/** Every formula in both of its forms, with what it comes to or what it lacks. */
export const showFormulas = (formulas: readonly Formula[]): string =>
  formulas
    .map(
      ({ name, plain, fuller }) =>
        `${name}\n${showTerm('as told', plain)}${showTerm('fuller', fuller)}`,
    )
    .join('');

const showTerm = (label: string, { form, results, needs }: Term): string => {
  const came =
    needs.length > 0
      ? `not computed: ${needs.join(', ')} not declared`
      : results.map((each) => `${each.what} ${showResult(each)}`).join(', ');
  return `  ${label.padEnd(8)} ${form}\n           ${came}\n`;
};

function showResult({ value, unit }: Result): string {
  if (unit === 'bytes') return showBytes(bytes(value));
  if (unit === 'bytes/s') return `${showBytes(bytes(value))}/s`;
  if (unit === 'records/s') return showRate(perSecond(value));
  return unit === 'cores' ? `${showCount(value)} cores` : showCount(value);
}

/** What a run measured in its baseline. */
export function showMeasured(run: Measured): string {
  const rate = (value: number): string => showRate(perSecond(Math.round(value)));
  const size = run.recordBytes;
  const flow = size === null ? 'size unknown' : `${showBytes(bytes(run.acknowledged * size))}/s`;
  const latency = run.latencyP99 === null ? 'not measured' : showSpan(ms(run.latencyP99));
  const busy =
    run.coresBusy === null
      ? 'not measured'
      : `${showCount(run.coresBusy)} of ${run.cores} cores busy, the whole machine`;
  return [
    `measured in ${run.run}, ${showSpan(ms(run.seconds * 1_000))} of baseline`,
    `  rate       ${rate(run.acknowledged)} acknowledged of ${rate(run.due)} due`,
    `  bytes      ${flow}, once a replica`,
    `  partitions ${run.partitions}, the busiest ${rate(Math.max(0, ...run.byPartition))}`,
    `  latency    p99 ${latency} from the due time`,
    `  processor  ${busy}`,
    '',
  ].join('\n');
}

/** Every assumption, and the first that did not hold by name. */
export function showAssumptions(all: readonly Assumption[]): string {
  const width = Math.max(...all.map(({ state }) => state.length));
  const lines = all.map(
    ({ says, state, seen }) => `${state.padEnd(width)}  ${says}\n${' '.repeat(width + 2)}${seen}\n`,
  );
  const broken = firstBroken(all);
  const last =
    broken === null
      ? 'no assumption is known not to hold\n'
      : `the first assumption that did not hold: ${broken.says}\n`;
  return `${lines.join('')}\n${last}`;
}
