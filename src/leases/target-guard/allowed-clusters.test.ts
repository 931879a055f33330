import { describe, expect, it } from 'vitest';
import { allowedClusters } from './allowed-clusters.ts';

const A = '0a1b2c3d-0000-4000-8000-000000000001';
const B = '0a1b2c3d-0000-4000-8000-000000000002';

describe('the allow-list of foreign clusters', () => {
  it.each([
    [A, [A]],
    [`${A},${B}`, [A, B]],
    [` ${A} ,, ${B}, `, [A, B]],
    [A.toUpperCase(), [A]],
  ])('is read from HIGHWATER_ALLOW_CLUSTER: "%s"', (text, kubeSystemUids) => {
    expect(allowedClusters({ HIGHWATER_ALLOW_CLUSTER: text })).toEqual({
      kind: 'foreign',
      kubeSystemUids,
    });
  });

  it.each([undefined, '', ' ', ',', ' , '])('is none when it names none: %j', (text) => {
    expect(allowedClusters({ HIGHWATER_ALLOW_CLUSTER: text })).toBe(null);
  });

  it.each(['*', 'staging-eu', `${A};${B}`, A.slice(0, 8), `${A}0`, `${A.slice(0, -1)}*`, '.*'])(
    'takes UIDs alone: %s',
    (bad) => {
      expect(() => allowedClusters({ HIGHWATER_ALLOW_CLUSTER: `${A},${bad}` })).toThrow(
        `HIGHWATER_ALLOW_CLUSTER: not a UID: "${bad}"`,
      );
    },
  );

  it('names all that are no UIDs, as a mistake in how highwater was called', () => {
    expect(() => allowedClusters({ HIGHWATER_ALLOW_CLUSTER: `x,${A},y` })).toThrow(
      expect.objectContaining({
        code: 'USAGE',
        message: 'HIGHWATER_ALLOW_CLUSTER: not a UID: "x", "y"',
      }),
    );
  });
});
