import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { RunResult } from '../../checkers/result.ts';
import { exampleRun } from '../example/example-run.ts';
import { reportHtml } from './report-html.ts';

const EVIL = `</script><script>alert(1)</script><img src=x onerror=alert(2)>"'`;

/** The same value with every text in it made hostile. */
function hostile<T>(value: T): T {
  if (typeof value === 'string') return `${value}${EVIL}` as T;
  if (Array.isArray(value)) return value.map(hostile) as T;
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, hostile(each)])) as T;
}

describe('reportHtml', () => {
  it('shows verdicts, what was measured and witnesses without any script', () => {
    const { record, result } = exampleRun('fail');
    const page = reportHtml(record, result);
    const body = page.slice(page.indexOf('<body>'), page.indexOf('<script'));
    expect(body).toContain('64 of 117 312 acknowledged records are in no replica');
    expect(body).toContain('<dt>longest outage</dt><dd>3.98 s');
    expect(body).toContain('sequence numbers 5520–5523 of session p0');
    expect(body.indexOf('Verdicts')).toBeLessThan(body.indexOf('id="charts"'));
    expect(body).toContain('npx highwater analyze 2026-05-04T0312-leader-down-1f3a');
  });

  it('needs no network', () => {
    const { record, result } = exampleRun('fail');
    const page = reportHtml(record, result);
    expect(page).not.toMatch(/<link|<iframe|@import|\ssrc=|url\(/u);
    expect(page).toContain('default-src &#39;none&#39;');
  });

  it('lets exactly its own scripts run', () => {
    const { record, result } = exampleRun('pass');
    const page = reportHtml(record, result);
    const scripts = [...page.matchAll(/<script>(.*?)<\/script>/gsu)].map(([, text]) => text);
    const hashes = scripts.map((text) =>
      createHash('sha256')
        .update(text ?? '')
        .digest('base64'),
    );
    expect(hashes).toHaveLength(2);
    const policy = /Content-Security-Policy" content="([^"]*)"/u.exec(page)?.[1] ?? '';
    expect(policy.match(/sha256-[^&]+/gu)).toEqual(hashes.map((hash) => `sha256-${hash}`));
  });

  it('lets no text become markup, wherever it stands', () => {
    const { record, result } = exampleRun('fail');
    const plan = hostile(record.plan);
    const nasty = {
      ...hostile(record),
      plan: { ...plan, version: 2 as const },
      // Kinds, acts and windows are closed sets; hostile ones would only be left out.
      events: record.events.map((event) => {
        const { kind, t } = event;
        const kept = {
          kind,
          t,
          ...('act' in event ? { act: event.act } : {}),
          ...('window' in event ? { window: event.window } : {}),
          ...('state' in event ? { state: event.state } : {}),
        };
        return { ...hostile(event), ...kept } as typeof event;
      }),
      samples: record.samples.map((row) => ({ ...row, of: hostile(row.of) })),
    };
    const verdicts = result.verdicts.map((verdict) => ({
      ...hostile(verdict),
      outcome: verdict.outcome,
      measured: verdict.measured.map((each) => ({ ...hostile(each), unit: each.unit })),
    }));
    const nastyResult: RunResult = { ...hostile(result), outcome: 'fail', verdicts };
    const page = reportHtml(nasty, nastyResult);
    expect(page).toContain('&lt;/script&gt;&lt;script&gt;alert(1)');
    expect(page).toContain('\\u003c/script\\u003e');
    expect(page.match(/<script/gu)).toHaveLength(3);
    expect(page.match(/<\/script/gu)).toHaveLength(3);
    expect(page).not.toContain('<img');
  });

  it('gives the same bytes for the same record', () => {
    const one = exampleRun('inconclusive');
    const other = exampleRun('inconclusive');
    expect(reportHtml(one.record, one.result)).toBe(reportHtml(other.record, other.result));
  });

  it('stays under 400 KB for a normal run', () => {
    const { record, result } = exampleRun('fail', { partitions: 48 });
    expect(reportHtml(record, result).length).toBeLessThan(400_000);
  });

  it('tells breaks of the record, and does not fail for one without events', () => {
    const { record, result } = exampleRun('inconclusive');
    const broken = { ...record, events: [], samples: [], breaks: ['history.ndjson is missing'] };
    const page = reportHtml(broken, { ...result, verdicts: [] });
    expect(page).toContain('history.ndjson is missing');
    expect(page).toContain('No claim was judged.');
  });
});
