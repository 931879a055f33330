import { describe, expect, it } from 'vitest';
import { lastVersionIn } from './running-version.ts';

const line = (version: string): string =>
  `[2026-05-04 03:12:09,318] INFO Kafka version: ${version} (o.a.k.common.utils.AppInfoParser)\n`;

describe('the version in a log', () => {
  it('is the one that was told last', () => {
    expect(lastVersionIn(line('3.9.1') + line('3.9.1') + line('4.3.1'))).toBe('4.3.1');
  });

  it('is none where nothing was told', () => {
    expect(lastVersionIn('[2026-05-04 03:12:09,318] INFO starting\n')).toBeNull();
  });
});
