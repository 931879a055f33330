import type { Band, ChartPage } from '../charts/chart.ts';
import { type Html, html } from './html.ts';

/** The places that the page's script fills with charts, and what the shaded stretches mean. */
export const chartSection = (page: ChartPage): Html => html`<section aria-labelledby="charts">
<h2 id="charts">Over time</h2>
<p class="bands">${page.bands.map(bandKey)}</p>
<p class="faint">Seconds since the origin of the run, as <code>t</code> in history.ndjson. Drag to zoom
all charts, double click to see all of it again.</p>
<noscript><p class="callout">The charts need JavaScript; all else on this page does not.</p></noscript>
${page.charts.map(
  ({ id, title, note }) => html`<figure>
<figcaption><strong>${title}</strong> <span class="faint">${note}</span></figcaption>
<div class="chart" id="chart-${id}"></div>
</figure>
`,
)}</section>`;

const bandKey = ({ kind, from, to, label }: Band): Html =>
  html`<span class="band"><i class="${kind}"></i> ${label}
<span class="faint">${from.toFixed(1)} s – ${to.toFixed(1)} s</span></span>
`;
