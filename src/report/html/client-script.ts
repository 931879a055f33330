/**
 * The page's own script, plain JavaScript for browsers: puts the charts that `chart-page.ts`
 * computed on canvases with uPlot. It is text here because the page has to carry it; it draws and
 * formats, and decides nothing. When it is done it says so on the body (`data-charts`), for tests.
 */
export const CLIENT_SCRIPT = String.raw`
'use strict';
(() => {
  const page = JSON.parse(document.getElementById('charts-data').textContent);
  const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const colour = (name) => () => css('--c-' + name);
  const narrow = () => document.documentElement.clientWidth < 600;
  const grouped = (value) => String(value).replace(/\B(?=(\d{3})+(?!\d))/g, ' ');
  const rounded = (value) => value >= 100 ? Math.round(value) : Number(value.toPrecision(3));
  const show = (value, unit) => {
    if (value === null || value === undefined) return '–';
    if (unit !== 'ms') return grouped(rounded(value));
    return value >= 1000 ? rounded(value / 1000) + ' s' : rounded(value) + ' ms';
  };

  const drawBands = (u) => {
    for (const band of page.bands) {
      const left = Math.max(u.bbox.left, u.valToPos(band.from, 'x', true));
      const right = Math.min(u.bbox.left + u.bbox.width, u.valToPos(band.to, 'x', true));
      if (right <= left) continue;
      u.ctx.fillStyle = css('--band-' + band.kind);
      u.ctx.fillRect(left, u.bbox.top, right - left, u.bbox.height);
    }
  };

  const drawBandEdges = (u) => {
    u.ctx.fillStyle = css('--text');
    for (const at of page.bands.flatMap((band) => [band.from, band.to])) {
      const x = Math.round(u.valToPos(at, 'x', true));
      if (x > u.bbox.left && x < u.bbox.left + u.bbox.width) {
        u.ctx.fillRect(x, u.bbox.top, Math.max(1, devicePixelRatio), u.bbox.height);
      }
    }
  };

  const axis = (more) => ({
    stroke: () => css('--faint'),
    grid: { stroke: () => css('--rule'), width: 1 },
    ticks: { stroke: () => css('--rule'), width: 1 },
    font: '12px system-ui, sans-serif',
    ...more,
  });
  const xAxis = () => axis({ values: (u, splits) => splits.map((at) => at + ' s'), space: 60 });
  const sync = () => ({ key: 'run', scales: ['x', null] });
  const labelRoom = () => (narrow() ? 62 : 88);

  // A value without neighbours is on no line: it needs a point to be seen.
  const alone = (u, index) => {
    const values = u.data[index];
    const isGap = (at) => values[at] === null || values[at] === undefined;
    return values.flatMap((value, at) => (value !== null && isGap(at - 1) && isGap(at + 1) ? [at] : []));
  };

  const lines = (chart) => ({
    height: narrow() ? 190 : 230,
    cursor: { sync: sync(), y: false, points: { size: 6 } },
    scales: {
      x: { time: false },
      y: chart.scale === 'log'
        ? { distr: 3 }
        : { range: (u, low, high) => [0, high > 0 ? high * 1.08 : 1] },
    },
    axes: [
      xAxis(),
      axis({
        size: labelRoom(),
        values: (u, splits) => splits.map((value) => value === null ? '' : show(value, chart.unit) + (chart.unit === 'records/s' ? '/s' : '')),
      }),
    ],
    series: [
      { label: 't', value: (u, value) => value === null ? '–' : value.toFixed(1) + ' s' },
      ...chart.series.map((line) => ({
        label: line.label,
        stroke: colour(line.colour),
        width: 1.6,
        dash: line.dashed ? [6, 4] : undefined,
        points: { size: 4, fill: colour(line.colour), filter: alone },
        value: (u, value) => show(value, chart.unit),
      })),
    ],
    hooks: { drawClear: [drawBands] },
  });

  const drawSpan = (u, span, top, height) => {
    const x = (at) => Math.min(u.bbox.left + u.bbox.width, Math.max(u.bbox.left, u.valToPos(at, 'x', true)));
    const left = x(span.from);
    const width = x(span.to) - left;
    if (width <= 0) return;
    u.ctx.fillStyle = css('--c-' + span.colour);
    u.ctx.fillRect(left, top, Math.max(1, width), height);
    if (span.reduced) {
      u.ctx.fillStyle = css('--c-reduced');
      u.ctx.fillRect(left, top + height * 0.82, Math.max(1, width), height * 0.18);
    }
    const text = span.text.split(',')[0];
    const ratio = devicePixelRatio;
    u.ctx.font = 11 * ratio + 'px system-ui, sans-serif';
    if (u.ctx.measureText(text).width + 8 * ratio > width) return;
    u.ctx.fillStyle = css('--text');
    u.ctx.textAlign = 'left';
    u.ctx.textBaseline = 'middle';
    u.ctx.fillText(text, left + 4 * ratio, top + height / 2);
  };

  const drawLanes = (lanes) => (u) => {
    const each = u.bbox.height / lanes.length;
    u.ctx.save();
    lanes.forEach((lane, index) => {
      const top = u.bbox.top + index * each + each * 0.12;
      for (const span of lane.spans) drawSpan(u, span, top, each * 0.76);
      for (const outage of lane.outages) {
        drawSpan(u, { ...outage, colour: 'outage', text: '' }, top, each * 0.18);
      }
    });
    u.ctx.restore();
  };

  const shortened = (label) => {
    const most = narrow() ? 8 : 12;
    return label.length > most ? '…' + label.slice(1 - most) : label;
  };

  const laneText = (lanes, u) => {
    const lane = lanes[Math.floor((u.cursor.top / u.over.clientHeight) * lanes.length)];
    const at = u.posToVal(u.cursor.left, 'x');
    const span = lane && lane.spans.find((each) => each.from <= at && at < each.to);
    return span
      ? lane.label + ': ' + span.text + ', ' + span.from.toFixed(1) + ' s – ' + span.to.toFixed(1) + ' s'
      : '';
  };

  const laneChart = (chart, told) => ({
    height: chart.lanes.length * 22 + 50,
    legend: { show: false },
    cursor: { sync: sync(), y: false, points: { show: false } },
    scales: { x: { time: false }, y: { range: [0, chart.lanes.length] } },
    axes: [
      xAxis(),
      axis({
        size: labelRoom(),
        grid: { show: false },
        ticks: { show: false },
        splits: () => chart.lanes.map((lane, index) => chart.lanes.length - index - 0.5),
        values: () => chart.lanes.map((lane) => shortened(lane.label)),
      }),
    ],
    series: [{}, { points: { show: false } }],
    hooks: {
      drawClear: [drawBands],
      draw: [drawLanes(chart.lanes), drawBandEdges],
      setCursor: [(u) => { if (u.cursor.event) told.textContent = laneText(chart.lanes, u) || ' '; }],
    },
  });

  const mount = (chart) => {
    const place = document.getElementById('chart-' + chart.id);
    const empty = chart.kind === 'lanes'
      ? chart.lanes.length === 0
      : chart.series.every((line) => line.values.every((value) => value === null));
    if (empty) {
      place.textContent = 'Nothing was recorded for this chart.';
      return;
    }
    const told = document.createElement('p');
    told.className = 'faint told';
    const options = chart.kind === 'lanes' ? laneChart(chart, told) : lines(chart);
    const data = chart.kind === 'lanes'
      ? [chart.x, chart.x.map(() => null)]
      : [chart.x, ...chart.series.map((line) => line.values)];
    const plot = new uPlot({ width: place.clientWidth, ...options }, data, place);
    if (chart.kind === 'lanes') place.after(told);
    new ResizeObserver(() => {
      if (place.clientWidth !== plot.width) plot.setSize({ width: place.clientWidth, height: plot.height });
    }).observe(place);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => plot.redraw(false));
  };

  page.charts.forEach(mount);
  document.body.dataset.charts = 'drawn';
})();
`;
