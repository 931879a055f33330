import type { RunEvent } from '../../record/events.ts';
import {
  changeLives,
  type FaultAct,
  type FaultLife,
  faultLives,
} from '../../record/fault-intervals.ts';
import type { RunRecord } from '../../record/run-record.ts';
import { baselineStart, windowsOf } from '../../record/windows.ts';
import { type Band, type ChartPage, inSeconds } from './chart.ts';
import { laneChart } from './lane-chart.ts';
import { type Frame, lagChart, latencyChart, rateChart } from './line-charts.ts';

/** Everything that report.html draws of a run; pure. */
export function chartPage(record: RunRecord): ChartPage {
  const { events, samples, plan } = record;
  const frame = frameOf(record);
  return {
    from: inSeconds(frame.from),
    to: inSeconds(frame.to),
    bands: bandsOf(events, frame),
    charts: [
      rateChart(samples, plan, frame),
      lagChart(samples, frame),
      latencyChart(samples, frame),
      laneChart(events, frame),
    ],
  };
}

/** From the start of the warm-up to the last number taken; the time before has nothing to draw. */
function frameOf({ events, samples }: RunRecord): Frame {
  const windows = windowsOf(events);
  let first = Number.POSITIVE_INFINITY;
  let last = 0;
  for (const { t, series } of samples) {
    if (series.startsWith('host.')) continue;
    first = Math.min(first, t);
    last = Math.max(last, t);
  }
  for (const { from, to } of windows) last = Math.max(last, to ?? from);
  const from = windows[0]?.from ?? (Number.isFinite(first) ? first - 1_000 : 0);
  return { from, to: Math.max(last, from + 1_000), baseline: baselineStart(events) };
}

function bandsOf(events: readonly RunEvent[], frame: Frame): readonly Band[] {
  const warmUps = windowsOf(events).filter(({ window }) => window === 'warm-up');
  return [
    ...warmUps.map(
      ({ from, to }): Band => ({
        kind: 'warm-up',
        from: inSeconds(from),
        to: inSeconds(to ?? frame.to),
        label: 'warm-up, recorded and not judged',
      }),
    ),
    ...faultLives(events).flatMap((life) => {
      const { engage, heal } = life;
      return engage === null
        ? []
        : [
            {
              kind: 'fault' as const,
              from: inSeconds(engage.from),
              to: inSeconds(heal?.t ?? frame.to),
              label: labelOf(life, engage),
            },
          ];
    }),
    ...changeLives(events).map(
      ({ step, change, begin, end }): Band => ({
        kind: 'change',
        from: inSeconds(begin.t),
        to: inSeconds(end?.t ?? frame.to),
        label: `${step}: ${change}${end?.took === true ? '' : ' (not done)'}`,
      }),
    ),
  ];
}

function labelOf({ confirm, heal }: FaultLife, engage: FaultAct): string {
  const bit = engage.took && confirm?.took === true;
  return (
    `${engage.step}: ${engage.fault} ${engage.targets.join(', ')}` +
    (bit ? '' : ' (not seen to bite)') +
    (heal?.took === true ? '' : ' (not healed)')
  );
}
