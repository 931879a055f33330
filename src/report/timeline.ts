import { ms } from '../core/time.ts';
import { showCount, showSpan } from '../core/units.ts';
import type {
  ChangeEvent,
  FaultEvent,
  LeadershipEvent,
  OutageEvent,
  RunEvent,
} from '../record/events.ts';
import { showPartition } from '../record/names.ts';
import { ensembleRows, memberRows } from './group-rows.ts';
import { capped } from './words.ts';

/** One line of what happened, for people; the whole story is in history.ndjson. */
export interface TimelineRow {
  readonly t: number;
  readonly kind:
    | 'window'
    | 'fault'
    | 'change'
    | 'leader'
    | 'in sync'
    | 'outage'
    | 'node'
    | 'group'
    | 'ensemble'
    | 'trouble';
  readonly text: string;
}

/** Changes of several partitions this close together, in milliseconds, are one line. */
const TOGETHER = 250;
const TOGETHER_SHOWN = 12;

/** Faults, planned changes, leaders, outages, nodes, windows, troubles, in order of time; pure. */
export function timelineOf(events: readonly RunEvent[]): readonly TimelineRow[] {
  const rows = [
    ...events.flatMap(rowOf),
    ...leadershipRows(events),
    ...memberRows(events),
    ...ensembleRows(events),
  ];
  return rows.sort((one, other) => one.t - other.t);
}

function rowOf(event: RunEvent): readonly TimelineRow[] {
  const { t } = event;
  switch (event.kind) {
    case 'window':
      return event.state === 'begin' ? [{ t, kind: 'window', text: `${event.window} begins` }] : [];
    case 'fault':
      return [{ t, kind: 'fault', text: faultText(event, t) }];
    case 'change':
      return [{ t, kind: 'change', text: changeText(event) }];
    case 'node':
      return [
        {
          t,
          kind: 'node',
          text: `${event.node} ${event.state}${event.expected ? '' : ', by itself'}${
            event.ended === null ? '' : `: ${event.ended}`
          }${event.incarnation === null ? '' : ` (${event.incarnation})`}`,
        },
      ];
    case 'outage':
      return [{ t: event.firstUnackedSentAt, kind: 'outage', text: outageText(event) }];
    case 'trouble':
      return [{ t, kind: 'trouble', text: `${event.phase}: ${event.message}` }];
    default:
      return [];
  }
}

const ACTS = {
  engage: 'engaged',
  confirm: 'seen to bite',
  heal: 'healed',
  'confirm-heal': 'seen to be healed',
} as const;

function faultText(event: FaultEvent, t: number): string {
  const { step, fault, act, targets, took, seen, mechanism, from } = event;
  const how = act === 'engage' && mechanism !== '' && mechanism !== seen ? ` by ${mechanism}` : '';
  return (
    `${step} ${fault} ${targets.join(', ')} ${took ? '' : 'NOT '}${ACTS[act]}${how}: ` +
    `${seen} (${showSpan(ms(t - from))})`
  );
}

const CHANGE_ACTS = { begin: 'begins', note: 'goes on', end: 'done' } as const;

const changeText = ({ step, change, act, took, seen }: ChangeEvent): string =>
  `${step} ${change} ${took ? '' : 'NOT '}${CHANGE_ACTS[act]}: ${seen}`;

function outageText(event: OutageEvent): string {
  const { session, lastAckSentAt, firstUnackedSentAt, firstAckAt, records } = event;
  const lost = `${showCount(records)} records of ${session} were not acknowledged`;
  if (firstAckAt === null) return `${showPartition(event)}: ${lost}, and never again after`;
  const atMost = showSpan(ms(firstAckAt - (lastAckSentAt ?? firstUnackedSentAt)));
  return `${showPartition(event)}: no acknowledgement for at most ${atMost}; ${lost}`;
}

type Change = { readonly t: number; readonly kind: 'leader' | 'in sync'; readonly text: string };

function leadershipRows(events: readonly RunEvent[]): readonly TimelineRow[] {
  const before = new Map<string, LeadershipEvent>();
  const groups: (Omit<Change, 'text'> & { texts: string[] })[] = [];
  for (const event of events) {
    if (event.kind !== 'leadership') continue;
    const change = changeOf(event, event.t, before.get(showPartition(event)));
    before.set(showPartition(event), event);
    if (change === null) continue;
    const { t, kind, text } = change;
    const open = groups.findLast((group) => group.kind === kind && t - group.t <= TOGETHER);
    if (open === undefined) groups.push({ t, kind, texts: [text] });
    else open.texts.push(text);
  }
  return groups.map(({ t, kind, texts }) => {
    const { shown, more } = capped(texts, TOGETHER_SHOWN);
    const rest = more > 0 ? [`… and ${more} more`] : [];
    return { t, kind, text: [...shown, ...rest].join(' · ') };
  });
}

function changeOf(
  event: LeadershipEvent,
  t: number,
  before: LeadershipEvent | undefined,
): Change | null {
  if (before === undefined) return null;
  const where = showPartition(event);
  if (event.leader !== before.leader) {
    const text = `${where} ${before.leader ?? 'nobody'} → ${event.leader ?? 'nobody'} (epoch ${event.epoch})`;
    return { t, kind: 'leader', text };
  }
  const gone = before.isr.filter((node) => !event.isr.includes(node)).map((node) => `−${node}`);
  const come = event.isr.filter((node) => !before.isr.includes(node)).map((node) => `+${node}`);
  const moves = [...gone, ...come];
  return moves.length === 0 ? null : { t, kind: 'in sync', text: `${where} ${moves.join(' ')}` };
}
