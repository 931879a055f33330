import { describe, expect, it } from 'vitest';
import { distributionKey, parseCoordinate, pomOf } from './pom.ts';

describe('Maven coordinates', () => {
  it('are taken apart', () => {
    expect(parseCoordinate('org.example:server_2.13:1.2.3-rc1')).toEqual({
      group: 'org.example',
      artifact: 'server_2.13',
      version: '1.2.3-rc1',
      alone: false,
    });
    expect(parseCoordinate('a:b:1@jar').alone).toBe(true);
  });

  it('are refused when they are not ones, or could be more than that', () => {
    for (const text of ['a:b', 'a:b:1:c', 'a:b:[1,2)', 'a:b:${x}', '<a>:b:1', '']) {
      expect(() => parseCoordinate(text)).toThrow(/not a Maven coordinate/);
    }
  });

  it('name a distribution that differs with any of them', () => {
    const key = distributionKey(['org.example:server:1.2.3', 'a:b:1']);
    expect(key).toMatch(/^server-1\.2\.3-[0-9a-f]{12}$/);
    expect(distributionKey(['org.example:server:1.2.3', 'a:b:2'])).not.toBe(key);
    expect(distributionKey(['org.example:server:1.2.3', 'a:b:1'])).toBe(key);
  });
});

describe('a generated pom', () => {
  it('depends on the jars, and leaves out what one of them alone would bring', () => {
    const pom = pomOf(['org.example:server:1.2.3', 'a:b:1@jar']);
    expect(pom).toContain('<artifactId>server</artifactId>');
    expect(pom.match(/<exclusions>/g)).toHaveLength(1);
    expect(pom.indexOf('<exclusions>')).toBeGreaterThan(pom.indexOf('<artifactId>b</artifactId>'));
  });
});
