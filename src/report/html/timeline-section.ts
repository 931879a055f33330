import type { RunEvent } from '../../record/events.ts';
import { timelineOf } from '../timeline.ts';
import { capped } from '../words.ts';
import { type Html, html } from './html.ts';

const ROWS = 300;

/**
 * The events of the run as a table, with the time of the run and the wall clock that logs carry.
 */
export function timelineSection(events: readonly RunEvent[]): Html {
  const begin = events.find((event) => event.kind === 'begin');
  const anchor = begin === undefined ? Number.NaN : Date.parse(begin.anchor);
  const { shown, more } = capped(timelineOf(events), ROWS);
  if (shown.length === 0) return html``;
  return html`<section aria-labelledby="timeline">
<h2 id="timeline">Timeline</h2>
<div class="scroll"><table class="timeline">
<thead><tr><th>t</th><th>UTC</th><th>what</th><th></th></tr></thead>
<tbody>
${shown.map(
  ({ t, kind, text }) =>
    html`<tr class="${kind.replace(' ', '-')}"><td class="number">${(t / 1_000).toFixed(3)} s</td>
<td class="number">${wallClock(anchor + t)}</td><td>${kind}</td><td>${text}</td></tr>
`,
)}</tbody></table></div>
${more > 0 ? html`<p class="faint">… and ${more} more in history.ndjson</p>` : ''}
</section>`;
}

const wallClock = (at: number): string =>
  Number.isFinite(at) ? new Date(at).toISOString().slice(11, 23) : '';
