import { describe, expect, it } from 'vitest';
import type { SeriesName } from '../record/samples.ts';
import { hostStarved } from './host-starved.ts';
import { AT, type Draft, recordOf } from './test/a-record.ts';

const raised =
  (series: SeriesName, value: number, when: (t: number) => boolean = () => true) =>
  (draft: Draft): void => {
    draft.samples = draft.samples.map((row) =>
      row.series === series && when(row.t) ? { ...row, value } : row,
    );
  };

describe('a starved host', () => {
  it('is not seen in a clean record, nor where nothing was measured', () => {
    expect(hostStarved(recordOf())).toBeNull();
    const unmeasured = recordOf((draft) => {
      draft.samples = [];
    });
    expect(hostStarved(unmeasured)).toBeNull();
  });

  it('is seen by a late event loop, of the conductor or of one worker', () => {
    const [late, worker] = [raised('host.loop-delay.p99', 70), 'worker-p0'];
    expect(hostStarved(recordOf(late))).toMatch(
      /^the host was starved: its event loop was up to 70/,
    );
    const one = recordOf((draft) => {
      const rows = draft.samples.filter(({ series }) => series === 'host.loop-delay.p99');
      draft.samples.push(...rows.map((row) => ({ ...row, of: worker, value: 90 })));
    });
    expect(hostStarved(one)).toMatch(/^worker-p0 was starved/);
  });

  it('is seen by stolen time and by cores that are never idle', () => {
    expect(hostStarved(recordOf(raised('host.cpu-steal', 0.3)))).toMatch(/30 % of its time went/);
    expect(hostStarved(recordOf(raised('host.cpu-busy', 1)))).toMatch(
      /cores were up to 100 % busy/,
    );
  });

  it('is not seen in a single pause, or outside of the judged windows', () => {
    const pause = raised('host.loop-delay.p99', 400, (t) => t === 30_000);
    expect(hostStarved(recordOf(pause))).toBeNull();
    const after = raised('host.loop-delay.p99', 400, (t) => t < AT.baseline || t > AT.loadEnd);
    expect(hostStarved(recordOf(after))).toBeNull();
  });
});
