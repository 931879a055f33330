import { createContext, Script } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { chartPage } from '../charts/chart-page.ts';
import { exampleRun } from '../example/example-run.ts';
import { CLIENT_SCRIPT } from './client-script.ts';

interface Plot {
  readonly options: {
    readonly width: number;
    readonly cursor: { readonly sync: { readonly key: string } };
    readonly axes: readonly { values(plot: unknown, splits: readonly number[]): string[] }[];
    readonly series: readonly { value?(plot: unknown, value: number | null): string }[];
  };
  readonly data: readonly (readonly (number | null)[])[];
  readonly place: string;
}

/** Runs the page's script with as much of a browser as it needs to set up its charts. */
function run(page: unknown): {
  plots: readonly Plot[];
  texts: Record<string, string>;
  done: unknown;
} {
  const plots: Plot[] = [];
  const texts: Record<string, string> = {};
  const elementOf = (id: string) => ({
    id,
    clientWidth: 800,
    after: () => {},
    get textContent() {
      return id === 'charts-data' ? JSON.stringify(page) : '';
    },
    set textContent(text: string) {
      texts[id] = text;
    },
  });
  const body = { dataset: {} as Record<string, unknown> };
  const context = createContext({
    document: {
      body,
      documentElement: { clientWidth: 800 },
      getElementById: elementOf,
      createElement: elementOf,
    },
    getComputedStyle: () => ({ getPropertyValue: () => '#123456' }),
    matchMedia: () => ({ addEventListener: () => {} }),
    ResizeObserver: class {
      observe(): void {}
    },
    uPlot: class {
      constructor(options: Plot['options'], data: Plot['data'], place: { id: string }) {
        plots.push({ options, data, place: place.id });
      }
    },
  });
  new Script(CLIENT_SCRIPT).runInContext(context);
  return { plots, texts, done: body.dataset['charts'] };
}

const page = chartPage(exampleRun('pass').record);

describe('the page script', () => {
  it('draws every chart in its place, with a line for each series, and one shared cursor', () => {
    const { plots, done } = run(page);
    expect(done).toBe('drawn');
    expect(plots.map(({ place }) => place)).toEqual([
      'chart-rate',
      'chart-lag',
      'chart-latency',
      'chart-lanes',
    ]);
    expect(new Set(plots.map(({ options }) => options.cursor.sync.key))).toEqual(new Set(['run']));
    for (const { options, data } of plots) {
      expect(options.series).toHaveLength(data.length);
      expect(new Set(data.map(({ length }) => length)).size).toBe(1);
    }
  });

  it('shows values with their units', () => {
    const [rate, , latency] = run(page).plots;
    const lastOf = (plot: Plot | undefined) => plot?.options.series.at(-1);
    expect(lastOf(rate)?.value?.(null, 1999.6)).toBe('2 000');
    expect(lastOf(latency)?.value?.(null, 2_831)).toBe('2.83 s');
    expect(lastOf(latency)?.value?.(null, 2.831)).toBe('2.83 ms');
    expect(lastOf(latency)?.value?.(null, null)).toBe('–');
    expect(rate?.options.axes[1]?.values(null, [0, 1_000])).toEqual(['0/s', '1 000/s']);
    expect(rate?.options.axes[0]?.values(null, [10])).toEqual(['10 s']);
  });

  it('says so where there is nothing to draw', () => {
    const charts = page.charts.map((chart) =>
      chart.kind === 'lines' ? { ...chart, series: [] } : { ...chart, lanes: [] },
    );
    const { plots, texts } = run({ ...page, charts });
    expect(plots).toEqual([]);
    expect(texts['chart-lag']).toBe('Nothing was recorded for this chart.');
  });
});
