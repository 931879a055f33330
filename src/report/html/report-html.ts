import { createHash } from 'node:crypto';
import type { RunResult } from '../../checkers/result.ts';
import type { RunRecord } from '../../record/run-record.ts';
import { chartPage } from '../charts/chart-page.ts';
import { meaningOfExit, showSystem, summarise } from '../words.ts';
import { chartSection } from './chart-section.ts';
import { CLIENT_SCRIPT } from './client-script.ts';
import { embeddedJson, type Html, html, trusted } from './html.ts';
import { planSection } from './plan-section.ts';
import { STYLES } from './styles.ts';
import { timelineSection } from './timeline-section.ts';
import { uplotAssets } from './uplot-assets.ts';
import { badge, verdictSection } from './verdict-section.ts';

/**
 * report.html: one file that needs no network, so that it can be attached to an issue and opened
 * years later. The verdicts, the timeline and the plan are plain markup; only the charts need the
 * script. A policy in the page itself lets nothing run but the two scripts put in here.
 */
export function reportHtml(record: RunRecord, result: RunResult): string {
  const assets = uplotAssets();
  const charts = chartPage(record);
  const scripts = [assets.script, CLIENT_SCRIPT];
  return `${
    html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy(scripts)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title(result)}</title>
<style>${trusted(assets.style)}
${trusted(STYLES)}</style>
</head>
<body>
${head(record, result)}
${verdictSection(result)}
${chartSection(charts)}
${timelineSection(record.events)}
${planSection(record.plan, result)}
<script type="application/json" id="charts-data">${embeddedJson(charts)}</script>
${scripts.map(
  (script) => html`<script>${trusted(script)}</script>
`,
)}</body>
</html>`.markup
  }\n`;
}

const title = ({ outcome, scenario }: RunResult): string =>
  `${outcome === 'pass' ? 'holds' : outcome === 'fail' ? 'BROKEN' : 'INCONCLUSIVE'}: ${scenario.name}`;

function policy(scripts: readonly string[]): string {
  const allowed = scripts.map(
    (script) => `'sha256-${createHash('sha256').update(script).digest('base64')}'`,
  );
  return `default-src 'none'; style-src 'unsafe-inline'; script-src ${allowed.join(' ')}`;
}

function head({ events, breaks }: RunRecord, result: RunResult): Html {
  const { scenario, environment, system, profile, seed, hostStarved } = result;
  const begin = events.find((event) => event.kind === 'begin');
  const notices = [
    ...(hostStarved === null ? [] : [`The host was starved: ${hostStarved}`]),
    ...result.troubles,
    ...breaks.filter((text) => !result.troubles.some((trouble) => trouble.includes(text))),
  ];
  return html`<header>
<h1>${scenario.name}</h1>
<p>${scenario.claim}</p>
<p class="faint">${environment} · ${showSystem(system)} · ${profile} profile · seed ${seed}${
    begin === undefined ? '' : ` · ${begin.anchor} · highwater ${begin.highwater}`
  } · run ${result.run}</p>
<p class="overall">${badge(result.outcome)} (exit ${result.exit}, ${meaningOfExit(result.exit)}):
${summarise(result.verdicts)}</p>
${result.control ? html`<p class="callout">A control run: the faults of the scenario were left out.</p>` : ''}
${notices.map(
  (text) => html`<p class="callout">${text}</p>
`,
)}</header>`;
}
