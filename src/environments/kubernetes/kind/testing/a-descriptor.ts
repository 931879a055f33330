import type { KindDescriptor } from '../descriptor.ts';

/** A cluster "a" of two nodes. */
export const DESCRIPTOR: KindDescriptor = {
  name: 'a',
  context: 'kind-a',
  kubeSystemUid: 'u',
  caSha256: 'c',
  containers: ['id0', 'id1'],
  createdAt: '2026-01-01T00:00:00.000Z',
};
