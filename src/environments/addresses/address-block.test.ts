import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import type { Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LeaseBook } from '../../leases/lease-book.ts';
import { type LockHolder, readLock, takeLock } from '../../leases/lock-file.ts';
import { openLeaseBook } from '../../leases/open-lease-book.ts';
import { ownIdentity } from '../../leases/process-identity.ts';
import {
  blockAt,
  blockTakenBy,
  listen,
  lockPathOf,
  type TakeOptions,
  takeBlock,
} from './address-block.ts';

let folder = '';
let leases: LeaseBook;
const servers: Server[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'highwater-block-'));
  leases = openLeaseBook(join(folder, 'leases.ndjson'), { run: 'r1', live: join(folder, 'live') });
});
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
  rmSync(folder, { recursive: true });
});

const holder = (run: string, start?: string): LockHolder => ({
  run,
  owner: { ...ownIdentity(), ...(start === undefined ? {} : { start }) },
  leases: join(folder, 'live', `${run}.ndjson`),
});

const options = (only?: number): TakeOptions => ({
  locks: join(folder, 'locks'),
  holder: holder('r1'),
  leases,
  ownAddresses: true,
  ...(only === undefined ? {} : { only }),
  uses: (block) => [block.endpoint(0, 0), block.endpoint(0, 1)],
});

/** The number of a block that no run on this machine has right now. */
const freeOrdinal = async (): Promise<number> => {
  const taken = await takeBlock(options());
  await taken.release();
  return taken.block.ordinal;
};

const occupy = async (host: string, port: number): Promise<void> => {
  const server = await listen({ host, port });
  if (typeof server === 'string') throw new Error(server);
  servers.push(server);
};

describe.runIf(process.platform === 'linux')('taking a block of addresses', () => {
  it('gives two runs two blocks, and each block back', async () => {
    const one = await takeBlock(options());
    const other = await takeBlock(options());
    expect(one.block.name).not.toBe(other.block.name);
    expect(leases.held().map(({ kind }) => kind)).toEqual(['address-block', 'address-block']);
    expect(readLock(one.lockPath)).toEqual(holder('r1'));
    await one.release();
    await other.release();
    expect([one.lockPath, other.lockPath].filter(existsSync)).toEqual([]);
    expect(leases.held()).toEqual([]);
    const again = await takeBlock(options(one.block.ordinal));
    await again.release();
  });

  it('tells who has the block that was wanted', async () => {
    const one = await takeBlock(options());
    const wanted = takeBlock(options(one.block.ordinal));
    const { name } = one.block;
    await expect(wanted).rejects.toMatchObject({
      code: 'ENV_NOT_READY',
      message: `no addresses for the run: ${name} is taken by run r1 (pid ${process.pid})`,
    });
    await one.release();
  });

  it('takes over the lock of a dead run', async () => {
    const named = blockAt(await freeOrdinal(), true);
    const path = lockPathOf(join(folder, 'locks'), named);
    takeLock(path, holder('dead', '1'));
    expect(blockTakenBy(join(folder, 'locks'), named)).toBeNull();
    const taken = await takeBlock(options(named.ordinal));
    expect(readLock(path)).toEqual(holder('r1'));
    await taken.release();
  });

  it('leaves a block whose guard is held although its lock file is gone', async () => {
    const one = await takeBlock(options());
    rmSync(one.lockPath);
    await expect(takeBlock(options(one.block.ordinal))).rejects.toThrow(/somebody listens there/);
    expect(existsSync(one.lockPath)).toBe(false);
    await one.release();
  });

  it('uses other port numbers when a stranger listens on the first ones', async () => {
    const ordinal = await freeOrdinal();
    const { host, port } = blockAt(ordinal, true).endpoint(0, 1);
    await occupy(host, port);
    const taken = await takeBlock(options(ordinal));
    expect(taken.block.endpoint(0, 1)).toEqual({ host, port: 19_093 });
    await taken.release();
  });

  it('gives a block up, and everything of it back, when all its ports are busy', async () => {
    const ordinal = await freeOrdinal();
    const { host } = blockAt(ordinal, true).endpoint(0, 0);
    for (const port of [9092, 19_092, 29_092]) await occupy(host, port);
    await expect(takeBlock(options(ordinal))).rejects.toThrow(/9092: somebody listens there/);
    expect(leases.held()).toEqual([]);
    expect(existsSync(lockPathOf(join(folder, 'locks'), blockAt(ordinal, true)))).toBe(false);
  });
});
