import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { isErrno } from '../../core/errno.ts';
import { HighwaterError } from '../../core/errors.ts';
import type { Lease, LeaseBook } from '../../leases/lease-book.ts';
import { type LockFile, type LockHolder, readLock, takeLock } from '../../leases/lock-file.ts';
import { livenessOf } from '../../leases/process-identity.ts';
import type { Endpoint } from '../endpoint.ts';
import { showEndpoint } from '../endpoint.ts';
import {
  addressBlock,
  addressBlockCount,
  type Block,
  portBlock,
  portBlockCount,
} from './address-plan.ts';

/**
 * Taking a block of addresses for a run. Two things hold it: a lock file that says who has it, so
 * that people and `sweep` can see, and a listening socket on an address of the block, which the
 * kernel lets one process have and takes back when that process dies. Stale lock files cannot make
 * two runs collide, therefore. Before it is given out every port of it is bound once.
 */
export interface TakenBlock {
  readonly block: Block;
  readonly lockPath: string;
  release(): Promise<void>;
}

/** Which block to take, for whom, and what it must be fit for. */
export interface TakeOptions {
  readonly locks: string;
  readonly holder: LockHolder;
  readonly leases: LeaseBook;
  readonly ownAddresses: boolean;
  /** A certain block, by its number; any free one unless told. */
  readonly only?: number;
  /** Endpoints of the block that will be used, to be tried. */
  readonly uses: (block: Block) => readonly Endpoint[];
}

/** First port numbers on own addresses, tried in this order: a stranger may listen on *:9092. */
const FIRST_PORTS = [9092, 19_092, 29_092];

/** Lock file of a block. */
export const lockPathOf = (locks: string, block: Block): string =>
  join(locks, `${block.name}.lock`);

/** How many blocks this platform has. */
export const blockCount = (ownAddresses: boolean): number =>
  ownAddresses ? addressBlockCount : portBlockCount;

/** The block of that number, with the first of its possible port numbers. */
export const blockAt = (ordinal: number, ownAddresses: boolean, firstPort?: number): Block =>
  ownAddresses ? addressBlock(ordinal, firstPort ?? 9092) : portBlock(ordinal);

/** Takes a free block; throws ENV_NOT_READY when there is none, or when the wanted one is taken. */
export async function takeBlock(options: TakeOptions): Promise<TakenBlock> {
  const count = blockCount(options.ownAddresses);
  // Runs that start together begin at different blocks.
  const from = options.only ?? process.pid % count;
  const refusals: string[] = [];
  for (let step = 0; step < (options.only === undefined ? count : 1); step += 1) {
    const ordinal = (from + step) % count;
    const taken = await tryBlock(ordinal, options);
    if (typeof taken !== 'string') return taken;
    refusals.push(taken);
  }
  const all = options.only === undefined ? `none of ${count} blocks is free; ` : '';
  throw new HighwaterError('ENV_NOT_READY', `no addresses for the run: ${all}${refusals[0]}`, {
    hint: `end other runs, or free what dead ones left: highwater sweep (locks: ${options.locks})`,
    facts: { tried: refusals.slice(0, 5) },
  });
}

/** Who holds a block, in words; null when it is free as far as its lock says. */
export function blockTakenBy(locks: string, block: Block): string | null {
  const holder = readLock(lockPathOf(locks, block));
  if (holder === null) return null;
  if (holder === 'unreadable') return `${block.name} is locked by a file that cannot be read`;
  if (livenessOf(holder.owner) === 'dead') return null;
  return `${block.name} is taken by run ${holder.run} (pid ${holder.owner.pid})`;
}

async function tryBlock(ordinal: number, options: TakeOptions): Promise<TakenBlock | string> {
  const named = blockAt(ordinal, options.ownAddresses);
  const taker = blockTakenBy(options.locks, named);
  if (taker !== null) return taker;
  const lockPath = lockPathOf(options.locks, named);
  const lease = options.leases.intend('address-block', { block: named.name, lock: lockPath });
  const lock = takeLock(lockPath, options.holder);
  if (lock === null) return giveUp({ lease }, `${named.name} was taken a moment ago`);
  const guard = await listen(named.guard);
  if (typeof guard === 'string') return giveUp({ lease, lock }, `${named.name}: ${guard}`);
  const complaints: string[] = [];
  for (const firstPort of options.ownAddresses ? FIRST_PORTS : [0]) {
    const block = blockAt(ordinal, options.ownAddresses, firstPort);
    const complaint = await tryEndpoints(options.uses(block));
    if (complaint === null) {
      lease.acquired({ block: block.name });
      return { block, lockPath, release: () => releaseAll({ lease, lock, guard }) };
    }
    complaints.push(complaint);
  }
  return giveUp({ lease, lock, guard }, `${named.name}: ${complaints[0]}`);
}

interface Held {
  readonly lease: Lease;
  readonly lock?: LockFile;
  readonly guard?: Server;
}

async function giveUp(held: Held, why: string): Promise<string> {
  await releaseAll(held);
  return why;
}

async function releaseAll(held: Held): Promise<void> {
  held.lock?.release();
  if (held.guard !== undefined) await closed(held.guard);
  held.lease.released();
}

async function tryEndpoints(endpoints: readonly Endpoint[]): Promise<string | null> {
  for (const endpoint of endpoints) {
    const server = await listen(endpoint);
    if (typeof server === 'string') return server;
    await closed(server);
  }
  return null;
}

/** Listens there, or says why not. It takes no connections and does not keep the process alive. */
export function listen(endpoint: Endpoint): Promise<Server | string> {
  return new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', (error) => {
      const busy = isErrno(error, 'EADDRINUSE') ? 'somebody listens there' : error.message;
      resolve(`${showEndpoint(endpoint)}: ${busy}`);
    });
    server.listen({ host: endpoint.host, port: endpoint.port, exclusive: true }, () => {
      server.unref();
      resolve(server);
    });
  });
}

const closed = (server: Server): Promise<void> =>
  new Promise((resolve) => server.close(() => resolve()));
