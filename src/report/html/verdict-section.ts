import type { Anomaly, Measurement, Verdict } from '../../checkers/checker.ts';
import type { RunResult } from '../../checkers/result.ts';
import type { Outcome } from '../../core/outcome.ts';
import { showCount } from '../../core/units.ts';
import { capped, OUTCOME_WORDS, showValue } from '../words.ts';
import { type Html, html } from './html.ts';

/** Witnesses shown per claim; all of them are in verdict.json. */
const WITNESSES = 50;

/** The verdicts: what is broken or inconclusive open, what holds folded only if it is standing. */
export function verdictSection({ verdicts }: RunResult): Html {
  const standing = verdicts.filter((verdict) => verdict.standing);
  const folded = standing.filter(({ outcome }) => outcome === 'pass');
  const open = verdicts.filter((verdict) => !folded.includes(verdict));
  return html`<section aria-label="Verdicts">
${open.map(card)}
${
  folded.length === 0
    ? ''
    : html`<details class="fold"><summary>${badge('pass')} ${folded.length} of ${standing.length} standing
checks: ${folded.map(({ claim }) => claim).join(', ')}</summary>
${folded.map(card)}
</details>`
}
${verdicts.length === 0 ? html`<p>No claim was judged.</p>` : ''}
</section>`;
}

/** The sign and the word of an outcome; the word is there for those who do not see the colour. */
export const badge = (outcome: Outcome): Html =>
  html`<span class="badge ${outcome}">${OUTCOME_WORDS[outcome].mark} ${OUTCOME_WORDS[outcome].word}</span>`;

const card = (verdict: Verdict): Html => html`<article class="card ${verdict.outcome}">
<h3>${badge(verdict.outcome)} ${verdict.statement} <code>${verdict.claim}</code></h3>
<p>${verdict.because}</p>
${verdict.measured.length === 0 ? '' : measuredTable(verdict.measured)}
<p class="faint">looked at ${showCount(verdict.looked.at)} ${verdict.looked.what}</p>
${verdict.anomalies.length === 0 ? '' : witnesses(verdict.anomalies)}
</article>
`;

const measuredTable = (measured: readonly Measurement[]): Html => html`<dl class="measured">
${measured.map(
  (each) => html`<div><dt>${each.name}</dt><dd>${showValue(each)}${
    each.bound === undefined ? '' : html` <span class="faint">must be ${each.bound}</span>`
  }</dd></div>
`,
)}</dl>`;

function witnesses(anomalies: readonly Anomaly[]): Html {
  const { shown, more } = capped(anomalies, WITNESSES);
  return html`<div class="scroll"><table class="witnesses">
<thead><tr><th>anomaly</th><th>where</th><th>what a person can check</th></tr></thead>
<tbody>
${shown.map(
  ({ code, where, text }) =>
    html`<tr><td><code>${code}</code></td><td>${where}</td><td>${text}</td></tr>
`,
)}</tbody></table></div>
${more > 0 ? html`<p class="faint">… and ${more} more in verdict.json</p>` : ''}`;
}
