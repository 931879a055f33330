import { assertNever } from '../core/errors.ts';
import { ms } from '../core/time.ts';
import { showSpan } from '../core/units.ts';
import type { EnsembleEvent, MemberEvent, RunEvent } from '../record/events.ts';
import { capped } from './words.ts';

/** A line of the timeline about many at once: members of a group, servers of an ensemble. */
export interface GroupRow {
  readonly t: number;
  readonly kind: 'group' | 'ensemble';
  readonly text: string;
}

type Timed<Event> = Event & { readonly t: number };

const NAMED_MAX = 8;
/** Looks this close together, in milliseconds, are one line. */
const TOGETHER = 1_000;

/** What became of the members of consumer groups; one line a rebalance of the group. */
export function memberRows(events: readonly RunEvent[]): readonly GroupRow[] {
  const acts = events.filter((event): event is Timed<MemberEvent> => event.kind === 'member');
  const rows: GroupRow[] = [];
  const waiting = new Map<string, Timed<MemberEvent>>();
  let rebalance: { from: number; members: Set<string> } | null = null;
  for (const act of acts.toSorted((one, other) => one.t - other.t)) {
    const { t, member } = act;
    if (act.act === 'rebalancing') {
      if (!waiting.has(member)) waiting.set(member, act);
      rebalance ??= { from: t, members: new Set() };
      rebalance.members.add(member);
      continue;
    }
    if (act.act !== 'assigned') rows.push({ t, kind: 'group', text: actText(act) });
    if (isOver(act)) waiting.delete(member);
    if (rebalance !== null && waiting.size === 0) {
      const { from, members } = rebalance;
      const took = showSpan(ms(t - from));
      rows.push({ t: from, kind: 'group', text: `rebalance of ${listed([...members])} (${took})` });
      rebalance = null;
    }
  }
  if (rebalance !== null) {
    const text = `rebalance of ${listed([...rebalance.members])} that never ended`;
    rows.push({ t: rebalance.from, kind: 'group', text });
  }
  return rows;
}

const isOver = ({ act }: MemberEvent): boolean =>
  act === 'assigned' || act === 'left' || act === 'crashed' || act === 'failed';

function actText({ member, act, seen }: MemberEvent): string {
  const more = seen === '' ? '' : `: ${seen}`;
  switch (act) {
    case 'paused':
    case 'resumed':
    case 'left':
    case 'crashed':
    case 'failed':
      return `${member} ${act}${more}`;
    case 'rebalancing':
    case 'assigned':
      return `${member} ${act}`;
    default:
      return assertNever(act);
  }
}

/** What the servers of an ensemble said of themselves, one line a look at all of them. */
export function ensembleRows(events: readonly RunEvent[]): readonly GroupRow[] {
  const rows: { t: number; texts: string[] }[] = [];
  for (const event of events) {
    if (event.kind !== 'ensemble') continue;
    const open = rows.findLast(({ t }) => event.t - t <= TOGETHER);
    if (open === undefined) rows.push({ t: event.t, texts: [serverText(event)] });
    else open.texts.push(serverText(event));
  }
  return rows.map(({ t, texts }) => ({ t, kind: 'ensemble', text: listed(texts, ' · ') }));
}

const serverText = ({ node, mode, zxid }: EnsembleEvent): string =>
  mode === null ? `${node} did not answer` : `${node} ${mode}${zxid === null ? '' : ` at ${zxid}`}`;

function listed(texts: readonly string[], between = ', '): string {
  const { shown, more } = capped(texts, NAMED_MAX);
  return [...shown, ...(more > 0 ? [`… and ${more} more`] : [])].join(between);
}
