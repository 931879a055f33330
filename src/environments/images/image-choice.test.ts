import { describe, expect, it } from 'vitest';
import type { NodeSpec } from '../node.ts';
import { imageOf, imagesFrom } from './image-choice.ts';

const node = (image?: NodeSpec['start']['image']): NodeSpec => ({
  id: 'broker-1',
  role: 'broker',
  software: { name: 'kafka', version: '4.3.1' },
  start: image === undefined ? {} : { image },
  files: {},
});
const upstream = { reference: 'apache/kafka:4.3.1', classPath: [] };

describe('the image of a node', () => {
  it('is that of upstream unless a variable names another', () => {
    expect(imageOf(node(upstream), {})).toBe('apache/kafka:4.3.1');
    const env = { HIGHWATER_IMAGE_KAFKA: 'ours/kafka:{version}-rc1', HIGHWATER_IMAGE_NET: '' };
    expect(imagesFrom(env)).toEqual({ kafka: 'ours/kafka:{version}-rc1' });
    expect(imageOf(node(upstream), imagesFrom(env))).toBe('ours/kafka:4.3.1-rc1');
  });

  it('must be there', () => {
    expect(() => imageOf(node(), {})).toThrow(/node broker-1 has no image/);
  });
});
