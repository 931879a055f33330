import { describe, expect, it } from 'vitest';
import { paintWith, wantsColour } from './colours.ts';

describe('wantsColour', () => {
  const terminal = { isTTY: true };
  const pipe = {};

  it('colours a terminal and leaves a pipe plain', () => {
    expect(wantsColour(terminal, {})).toBe(true);
    expect(wantsColour(pipe, {})).toBe(false);
    expect(wantsColour(terminal, { TERM: 'dumb' })).toBe(false);
  });

  it('honours NO_COLOR when it is not empty', () => {
    expect(wantsColour(terminal, { NO_COLOR: '1' })).toBe(false);
    expect(wantsColour(terminal, { NO_COLOR: '' })).toBe(true);
  });

  it('lets FORCE_COLOR decide over everything else', () => {
    expect(wantsColour(pipe, { FORCE_COLOR: '1', NO_COLOR: '1' })).toBe(true);
    expect(wantsColour(pipe, { FORCE_COLOR: '' })).toBe(true);
    expect(wantsColour(terminal, { FORCE_COLOR: '0' })).toBe(false);
  });
});

describe('paintWith', () => {
  it('colours by outcome, whatever the stream of this process is', () => {
    expect(paintWith(true).outcome('fail', 'BROKEN')).toBe(
      '\u001b[1m\u001b[31mBROKEN\u001b[39m\u001b[22m',
    );
  });

  it('gives the text back unchanged without colour', () => {
    expect(paintWith(false).outcome('fail', 'BROKEN')).toBe('BROKEN');
  });
});
