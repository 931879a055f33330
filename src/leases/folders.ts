import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** Where this project keeps things on a machine, outside of any checkout. */
export interface Folders {
  /** Of this user: distributions, class-data archives, and below it the next two. */
  readonly cache: string;
  /** One folder per run for volumes and configuration; gone when the run is. */
  readonly work: string;
  /** One small file per live run, by which `sweep` finds what dead runs left. */
  readonly live: string;
  /** Shared by all users of the machine: locks on address blocks. */
  readonly locks: string;
}

/**
 * The folders as the environment variables say: HIGHWATER_CACHE, else XDG_CACHE_HOME/highwater,
 * else ~/.cache/highwater. The locks are at one fixed place for all users, whatever TMPDIR says;
 * HIGHWATER_LOCKS moves them for tests.
 */
export function foldersOf(env: Readonly<Record<string, string | undefined>>): Folders {
  const xdg = env['XDG_CACHE_HOME'] ?? '';
  const base = xdg.startsWith('/') ? xdg : join(homedir(), '.cache');
  const cache = resolve(env['HIGHWATER_CACHE'] || join(base, 'highwater'));
  return {
    cache,
    work: join(cache, 'work'),
    live: join(cache, 'live'),
    locks: resolve(env['HIGHWATER_LOCKS'] || '/tmp/highwater-locks'),
  };
}
