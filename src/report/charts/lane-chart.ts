import type { LeadershipEvent, NodeEvent, OutageEvent, RunEvent } from '../../record/events.ts';
import { showPartition } from '../../record/names.ts';
import { inSeconds, type Lane, type LaneChart, type LaneSpan } from './chart.ts';
import { axisOf, gridOver } from './grid.ts';
import type { Frame } from './line-charts.ts';

/** Lanes on one chart; those in which something happened come before the quiet ones. */
const LANES = 24;
const COLOURS = 8;

type Timed<Event> = Event & { readonly t: number };

/** Which nodes are up, and who leads each partition, over time. */
export function laneChart(events: readonly RunEvent[], frame: Frame): LaneChart {
  const nodes = lanesOfNodes(events, frame);
  const partitions = lanesOfPartitions(events, frame);
  const busy = (lane: Lane): boolean => lane.spans.length > 1 || lane.outages.length > 0;
  const ranked = [...partitions.filter(busy), ...partitions.filter((lane) => !busy(lane))];
  const room = Math.max(0, LANES - nodes.length);
  const kept = new Set(ranked.slice(0, room));
  const left = partitions.length - kept.size;
  return {
    kind: 'lanes',
    id: 'lanes',
    title: 'Nodes and leaders',
    note:
      'Partitions are coloured by the node that leads them. A bar at the bottom: fewer replicas ' +
      'in sync than at most. A bar at the top: no acknowledgement although there were attempts.' +
      (left > 0 ? ` ${left} more partitions are not shown.` : ''),
    x: axisOf(gridOver(frame.from, frame.to)),
    lanes: [...nodes, ...partitions.filter((lane) => kept.has(lane))],
  };
}

function lanesOfNodes(events: readonly RunEvent[], frame: Frame): readonly Lane[] {
  const changes = events.filter((event): event is Timed<NodeEvent> => event.kind === 'node');
  return namesOf(changes.map(({ node }) => node)).map((node) => ({
    label: node,
    outages: [],
    spans: spansOf(
      changes.filter((event) => event.node === node),
      frame,
      ({ state, expected }) => ({
        text: state === 'up' || expected ? state : `${state}, by itself`,
        colour: state,
      }),
    ),
  }));
}

function lanesOfPartitions(events: readonly RunEvent[], frame: Frame): readonly Lane[] {
  const changes = events.filter(
    (event): event is Timed<LeadershipEvent> => event.kind === 'leadership',
  );
  const outages = events.filter((event): event is Timed<OutageEvent> => event.kind === 'outage');
  const leaders = namesOf(changes.flatMap(({ leader }) => (leader === null ? [] : [leader])));
  return namesOf([...changes, ...outages].map(showPartition)).map((label) => {
    const own = changes.filter((event) => showPartition(event) === label);
    const full = Math.max(0, ...own.map(({ isr }) => isr.length));
    return {
      label,
      outages: outages
        .filter((event) => showPartition(event) === label)
        .flatMap((event) => clipped(event.firstUnackedSentAt, event.firstAckAt ?? frame.to, frame)),
      spans: spansOf(own, frame, ({ leader, epoch, isr }) => ({
        text: `${leader ?? 'no leader'}, epoch ${epoch}, in sync ${isr.length} of ${full}`,
        colour: leader === null ? 'down' : `cat${(leaders.indexOf(leader) % COLOURS) + 1}`,
        ...(isr.length < full ? { reduced: true as const } : {}),
      })),
    };
  });
}

/** From each change to the next, the last one to the end of the frame; equal neighbours are one. */
function spansOf<Event extends { readonly t: number }>(
  changes: readonly Event[],
  frame: Frame,
  look: (event: Event) => Omit<LaneSpan, 'from' | 'to'>,
): readonly LaneSpan[] {
  const spans: LaneSpan[] = [];
  changes.forEach((event, index) => {
    const shown = look(event);
    for (const stretch of clipped(event.t, changes[index + 1]?.t ?? frame.to, frame)) {
      const last = spans.at(-1);
      if (last?.text === shown.text) spans[spans.length - 1] = { ...last, to: stretch.to };
      else spans.push({ ...stretch, ...shown });
    }
  });
  return spans;
}

function clipped(from: number, to: number, frame: Frame): readonly { from: number; to: number }[] {
  const begins = Math.max(from, frame.from);
  const ends = Math.min(to, frame.to);
  return ends > begins ? [{ from: inSeconds(begins), to: inSeconds(ends) }] : [];
}

const namesOf = (names: readonly string[]): readonly string[] =>
  [...new Set(names)].sort((one, other) => one.localeCompare(other, 'en', { numeric: true }));
