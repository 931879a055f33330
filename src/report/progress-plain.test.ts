import { describe, expect, it } from 'vitest';
import { ms, seconds } from '../core/time.ts';
import { handBeat } from './example/screen.ts';
import { progressFor } from './progress.ts';
import { plainProgress } from './progress-plain.ts';

function opened() {
  const lines: string[] = [];
  const beat = handBeat();
  const progress = plainProgress({ write: (text) => lines.push(text) }, beat);
  return { lines, beat, progress };
}

describe('plainProgress', () => {
  it('says every ten seconds where the run is, and each phase and note once', () => {
    const { lines, beat, progress } = opened();
    progress.phase('launch', seconds(20));
    beat.pass(ms(1_220));
    progress.phaseEnded('launch');
    progress.phase('ready', seconds(60));
    progress.waiting('brokers registered', '1 of 3');
    progress.waiting('brokers registered', '2 of 3');
    beat.pass(seconds(10));
    progress.note('broker-2 is slow');
    beat.pass(seconds(10));
    progress.phaseEnded('ready');
    progress.end();
    expect(lines.join('')).toBe(
      [
        '[     1 s] launch took 1.22 s',
        '[    10 s] ready 8 s of 1 m · waiting for brokers registered: 2 of 3',
        '[    11 s] broker-2 is slow',
        '[    20 s] ready 18 s of 1 m · waiting for brokers registered: 2 of 3',
        '[    21 s] ready took 20 s',
        '',
      ].join('\n'),
    );
    expect(beat.running).toBe(0);
  });

  it('tells of a phase that never ended, and then is silent', () => {
    const { lines, beat, progress } = opened();
    progress.phase('load', seconds(60));
    beat.pass(seconds(4));
    progress.end();
    beat.pass(seconds(60));
    expect(lines).toEqual(['[     4 s] load 4 s of 1 m: broke off\n']);
  });

  it('writes no escape, whatever it is told', () => {
    const { lines, beat, progress } = opened();
    progress.phase('load', seconds(60));
    progress.status('\u001b[31mred\u001b[0m');
    beat.pass(seconds(10));
    expect(lines.join('')).not.toContain('\u001b');
  });
});

describe('progressFor', () => {
  const shownOn = (stream: { isTTY?: boolean }, env: Record<string, string>): string => {
    let text = '';
    const progress = progressFor({ ...stream, write: (more) => (text += more) }, env);
    progress.phase('load', seconds(60));
    progress.end();
    return text;
  };

  it('draws in place on a terminal only', () => {
    expect(shownOn({ isTTY: true }, {})).toContain('\u001b[');
    expect(shownOn({}, {})).not.toContain('\u001b');
    expect(shownOn({ isTTY: true }, { CI: 'true' })).not.toContain('\u001b');
    expect(shownOn({ isTTY: true }, { TERM: 'dumb' })).not.toContain('\u001b');
  });
});
