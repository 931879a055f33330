/** The page's own style sheet. Colours are variables, so that the charts' script finds them too. */
export const STYLES = `
:root {
  color-scheme: light dark;
  --page: #ffffff; --raised: #f6f7f9; --text: #1c2024; --faint: #60656c; --rule: #d9dce1;
  --pass: #1a7f4b; --fail: #c62a2f; --inconclusive: #9a6700;
  --band-warm-up: rgba(96, 101, 108, .13); --band-fault: rgba(214, 69, 69, .15);
  --band-change: rgba(58, 110, 200, .13);
  --c-planned: #8b8d98; --c-attempted: #0072b2; --c-acknowledged: #1a8f5a; --c-unknown: #c77700;
  --c-dropped: #d0342c; --c-failed: #8e4ec6; --c-consumed: #00838f;
  --c-due: #4c9be8; --c-due-high: #0b5cad; --c-send: #e39a4f; --c-send-high: #b25a00;
  --c-up: #b9dcc6; --c-down: #d0342c; --c-paused: #e0a100; --c-outage: #d0342c; --c-reduced: rgba(0, 0, 0, .55);
  --c-cat1: #5b8def; --c-cat2: #e59a3c; --c-cat3: #35a37c; --c-cat4: #b46bd6;
  --c-cat5: #d9618c; --c-cat6: #7a9a2e; --c-cat7: #2fa5c0; --c-cat8: #a9765a;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #16181b; --raised: #1f2226; --text: #e8eaed; --faint: #a0a6ad; --rule: #363b41;
    --pass: #4cc38a; --fail: #ff7b7f; --inconclusive: #f1b83e;
    --band-warm-up: rgba(160, 166, 173, .16); --band-fault: rgba(255, 110, 110, .18);
    --band-change: rgba(120, 170, 255, .18);
    --c-planned: #8b8f96; --c-attempted: #5ab0f0; --c-acknowledged: #4cc38a; --c-unknown: #f5a524;
    --c-dropped: #ff7b7f; --c-failed: #bf8fe8; --c-consumed: #4cc9d6;
    --c-due: #79b8f3; --c-due-high: #3d8fe0; --c-send: #f0b678; --c-send-high: #e08a2b;
    --c-up: #2c5540; --c-down: #e5484d; --c-paused: #c99a1b; --c-outage: #ff7b7f; --c-reduced: rgba(255, 255, 255, .6);
    --c-cat1: #4a78cf; --c-cat2: #b9772a; --c-cat3: #2b8565; --c-cat4: #9156b0;
    --c-cat5: #b24d72; --c-cat6: #6a8630; --c-cat7: #26879d; --c-cat8: #8a624c;
  }
}
* { box-sizing: border-box }
body {
  margin: 0 auto; padding: 1.5rem 1rem 4rem; max-width: 70rem; background: var(--page); color: var(--text);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; overflow-wrap: anywhere;
}
h1 { font-size: 1.5rem; line-height: 1.25; margin: .3rem 0 }
h2 { font-size: 1.15rem; margin: 2.2rem 0 .6rem }
h3 { font-size: 1rem; margin: 0 }
p { margin: .35rem 0 }
code, pre { font: .87em/1.5 ui-monospace, "DejaVu Sans Mono", monospace }
code { color: var(--faint) }
pre { background: var(--raised); padding: .6rem .8rem; border-radius: 6px; white-space: pre-wrap; margin: .3rem 0 }
.faint { color: var(--faint); font-weight: normal }
.badge { font-weight: 700; white-space: nowrap }
.badge.pass { color: var(--pass) } .badge.fail { color: var(--fail) }
.badge.inconclusive { color: var(--inconclusive) }
.overall { font-size: 1.15rem }
.callout, .card { border-left: 4px solid var(--rule); background: var(--raised); border-radius: 0 6px 6px 0 }
.callout { padding: .5rem .9rem; border-color: var(--inconclusive); margin: .6rem 0 }
.card { padding: .7rem .9rem; margin: .7rem 0 }
.card.pass { border-color: var(--pass) } .card.fail { border-color: var(--fail) }
.card.inconclusive { border-color: var(--inconclusive) }
.fold > summary { cursor: pointer; padding: .5rem .9rem; background: var(--raised); border-radius: 6px }
dl { margin: .4rem 0 } dt { color: var(--faint) } dd { margin: 0 }
.measured { display: flex; flex-wrap: wrap; gap: .3rem 2rem }
.measured dd { font-variant-numeric: tabular-nums; font-weight: 600 }
.measured dd .faint { font-size: .9em }
.plan > div { display: grid; grid-template-columns: 10rem 1fr; gap: 1rem; padding: .25rem 0; border-top: 1px solid var(--rule) }
.scroll { overflow-x: auto }
table { border-collapse: collapse; width: 100%; margin: .5rem 0 }
th { text-align: left; color: var(--faint); font-weight: 600 }
th, td { padding: .25rem .8rem .25rem 0; border-bottom: 1px solid var(--rule); vertical-align: top }
.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums }
.witnesses td:not(:last-child), .witnesses th { white-space: nowrap }
.witnesses td:last-child { min-width: 16rem }
.timeline td:last-child { min-width: 16rem }
.timeline td:nth-child(3) { white-space: nowrap; font-weight: 600 }
.timeline .fault td:nth-child(3), .timeline .outage td:nth-child(3), .timeline .trouble td:nth-child(3) { color: var(--fail) }
.timeline .window td { background: var(--raised) }
figure { margin: 1.2rem 0 } figcaption { margin-bottom: .3rem }
.bands { display: flex; flex-wrap: wrap; gap: .2rem 1.4rem }
.band i { display: inline-block; width: 1.6em; height: .95em; border: 1px solid var(--rule); vertical-align: -.1em }
.band .warm-up { background: var(--band-warm-up) } .band .fault { background: var(--band-fault) }
.band .change { background: var(--band-change) }
.chart { min-height: 2rem }
.uplot { font: inherit; max-width: 100% }
.u-legend { text-align: left; font-size: 13px; padding-left: 88px }
.u-legend th, .u-legend td { border: 0; padding: 0; color: inherit; vertical-align: middle; font-weight: normal }
.u-inline.u-live th::after { vertical-align: baseline }
.u-inline .u-value { font-variant-numeric: tabular-nums; min-width: 4.5em; display: inline-block; padding-left: .3em }
.u-legend .u-marker { vertical-align: -.15em }
.u-cursor-x, .u-cursor-y { border-color: var(--faint) }
.u-select { background: rgba(127, 140, 160, .25) }
.u-over { cursor: crosshair }
@media (max-width: 40rem) {
  .plan > div { grid-template-columns: 1fr; gap: 0 }
  .u-legend { padding-left: 0 }
  .timeline th:nth-child(2), .timeline td:nth-child(2) { display: none }
  body { padding: 1rem .7rem 3rem }
}
@media print { .chart { break-inside: avoid } }
`;
