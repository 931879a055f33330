import { describe, expect, it } from 'vitest';
import { ms, seconds } from '../core/time.ts';
import { paintWith } from './colours.ts';
import { handBeat, Screen } from './example/screen.ts';
import { terminalProgress } from './progress-terminal.ts';

function opened(columns = 80) {
  const screen = new Screen(columns);
  const beat = handBeat();
  const progress = terminalProgress({ stream: screen, beat, paint: paintWith(false) });
  return { screen, beat, progress };
}

describe('terminalProgress', () => {
  it('shows the open phase, what is waited for and the status in one block', () => {
    const { screen, beat, progress } = opened();
    progress.phase('ready', seconds(60));
    progress.waiting('brokers registered', '1 of 3');
    beat.pass(seconds(2));
    progress.waiting('brokers registered', '2 of 3');
    progress.status('0/s attempted');
    beat.pass(seconds(1));
    expect(screen.text).toBe(
      '▸ ready 3 s of 1 m\n  waiting for brokers registered: 2 of 3\n  0/s attempted',
    );
  });

  it('leaves a log of phases with their times and of notes, and no block', () => {
    const { screen, beat, progress } = opened();
    progress.phase('launch', seconds(20));
    beat.pass(ms(1_220));
    progress.phaseEnded('launch');
    progress.phase('load', seconds(120));
    progress.status('2 000/s attempted');
    beat.pass(seconds(20));
    progress.note('fault-1 engage: SIGKILL to pid 4711');
    beat.pass(seconds(40));
    progress.phaseEnded('load');
    progress.end();
    expect(screen.text).toBe(
      [
        '     1 s  launch     1.22 s',
        '    21 s  fault-1 engage: SIGKILL to pid 4711',
        ' 1 m 1 s  load       1 m',
      ].join('\n'),
    );
    expect(beat.running).toBe(0);
  });

  it('tells of a phase that never ended', () => {
    const { screen, beat, progress } = opened();
    progress.phase('ready', seconds(60));
    beat.pass(seconds(7));
    progress.end();
    expect(screen.text).toBe('     7 s  ready 7 s of 1 m: broke off');
  });

  it('can be used again for the next run', () => {
    const { screen, beat, progress } = opened();
    progress.end();
    progress.phase('launch', seconds(20));
    progress.end();
    progress.phase('launch', seconds(20));
    beat.pass(seconds(3));
    expect(screen.text).toBe('     0 s  launch 0 s of 20 s: broke off\n▸ launch 3 s of 20 s');
  });

  it('writes only when something to be seen has changed', () => {
    const { screen, beat, progress } = opened();
    progress.phase('ready', seconds(60));
    const before = screen.writes;
    beat.pass(ms(900));
    expect(screen.writes).toBe(before);
    beat.pass(ms(200));
    expect(screen.writes).toBe(before + 1);
  });

  it('cuts its block to a narrow terminal instead of wrapping', () => {
    const { screen, beat, progress } = opened(24);
    progress.phase('ready', seconds(60));
    progress.waiting('brokers registered', 'controller not elected');
    beat.pass(seconds(5));
    expect(screen.text).toBe('▸ ready 5 s of 1 m\n  waiting for brokers …');
  });

  it('erases all of its block after the terminal was made narrower', () => {
    const { screen, beat, progress } = opened(80);
    progress.note('before');
    progress.phase('ready', seconds(60));
    progress.waiting('brokers registered', 'controller not elected, 2 of 3 registered');
    beat.pass(seconds(5));
    screen.narrow(20);
    beat.pass(seconds(1));
    expect(screen.text).toBe('     0 s  before\n▸ ready 6 s of 1 m\n  waiting for brok…');
  });

  it('no longer shows what was waited for once load has gone on without it', () => {
    const { screen, beat, progress } = opened();
    progress.phase('load', seconds(60));
    progress.waiting('broker-1 gone', 'process gone');
    beat.pass(seconds(5));
    expect(screen.text).toContain('waiting for broker-1 gone');
    progress.status('2 000/s');
    beat.pass(seconds(1));
    expect(screen.text).toBe('▸ load 6 s of 1 m\n  2 000/s');
  });

  it('does not let texts control the terminal', () => {
    const { screen, progress } = opened();
    progress.note('log says \u001b[2J\nand more');
    expect(screen.text).toBe('     0 s  log says \\u001b[2J and more');
  });
});
