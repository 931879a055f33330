import { describe, expect, it } from 'vitest';
import type { LogAdmin, OffsetsAt } from '../clients/kafka/port.ts';
import { lookAtLag } from './lag.ts';

/** A log that takes a record with every question that is asked of it. */
function growing(committed: bigint | null): { admin: LogAdmin; asked: string[] } {
  const asked: string[] = [];
  let end = 10n;
  const unused = (): never => {
    throw new Error('not asked for lag');
  };
  const admin: LogAdmin = {
    cluster: unused,
    createTopic: unused,
    topics: unused,
    config: unused,
    committed: async () => {
      asked.push('committed');
      end += 1n;
      return new Map([[0, committed]]);
    },
    offsets: async (_topic: string, at: OffsetsAt) => {
      asked.push(at);
      end += 1n;
      return new Map([[0, end]]);
    },
    [Symbol.asyncDispose]: async () => {},
  } as Partial<LogAdmin> as LogAdmin;
  return { admin, asked };
}
const of = { group: 'g', topics: ['orders'] };

describe('lookAtLag', () => {
  it('asks for what is committed first, so that no lag is ever negative', async () => {
    const { admin, asked } = growing(10n);
    const [look] = await lookAtLag(admin, of);
    expect(asked).toEqual(['committed', 'high-watermark', 'last-stable']);
    expect(look).toMatchObject({ partition: 0, committed: 10n, highWatermark: 12n, lag: 2n });
  });

  it('takes no commit for unknown, unless nothing was ever written', async () => {
    const [look] = await lookAtLag(growing(null).admin, of);
    expect(look).toMatchObject({ committed: null, lag: null });
    const { admin } = growing(null);
    const empty = { ...admin, offsets: async () => new Map([[0, 0n]]) };
    expect((await lookAtLag(empty, of))[0]).toMatchObject({ committed: null, lag: 0n });
  });
});
