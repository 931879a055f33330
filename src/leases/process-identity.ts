import { execFileSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname, uptime } from 'node:os';
import type { JsonObject } from '../core/json.ts';

/**
 * Who a process is. A pid alone says nothing, because pids are used again; together with the time
 * the process started and the boot it lives in it names one life. `space` is the pid namespace in
 * which the pid means something: whoever looks from another one cannot tell dead from invisible.
 */
export interface ProcessIdentity {
  readonly pid: number;
  /** Ticks since boot on Linux, the date that `ps` prints elsewhere; opaque. */
  readonly start: string;
  readonly boot: string;
  readonly space: string;
}

/** What can be said of a process that was seen before. */
export type Liveness = 'alive' | 'dead' | 'unknown';

/** What /proc/<pid>/stat says of a process; null when there is none. */
export interface ProcStat {
  /** R, S, D, T (stopped), Z (zombie), … as the kernel prints it. */
  readonly state: string;
  readonly parent: number;
  readonly start: string;
}

/**
 * Reads /proc/<pid>/stat; the command may hold blanks and brackets, so fields count from the last
 * ')'.
 */
export function parseProcStat(text: string): ProcStat | null {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state, parent, start] = [fields[0], fields[1], fields[19]];
  if (state === undefined || parent === undefined || start === undefined) return null;
  return { state, parent: Number(parent), start };
}

/** Looks at a process by its pid; zombies are there until their parent has seen them end. */
export function procStat(pid: number): ProcStat | null {
  if (process.platform !== 'linux') return psStat(pid);
  try {
    return parseProcStat(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return null; // No such process, or it ended while being read: both mean that it is not there.
  }
}

function psStat(pid: number): ProcStat | null {
  try {
    const out = execFileSync('ps', ['-o', 'state=,ppid=,lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
    const [state = '', parent = '0', ...start] = out.split(/\s+/);
    return state === ''
      ? null
      : { state: state.charAt(0), parent: Number(parent), start: start.join(' ') };
  } catch {
    return null; // ps exits 1 when there is no such process.
  }
}

const readOr = (read: () => string, otherwise: () => string): string => {
  try {
    return read().trim();
  } catch {
    return otherwise();
  }
};

/** Names this boot of this machine. */
export const bootId = (): string =>
  readOr(
    () => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8'),
    // Without a boot id: the minute in which the machine came up.
    () => `${hostname()}@${Math.round((Date.now() / 1000 - uptime()) / 60)}`,
  );

/** Names the pid namespace that this process looks from. */
export const pidSpace = (): string =>
  readOr(
    () => readlinkSync('/proc/self/ns/pid'),
    () => 'host',
  );

/** The identity of a process that is there now; null when it is not. */
export function identityOf(pid: number): ProcessIdentity | null {
  const stat = procStat(pid);
  return stat === null ? null : { pid, start: stat.start, boot: bootId(), space: pidSpace() };
}

/** The identity of this very process. */
export function ownIdentity(): ProcessIdentity {
  const own = identityOf(process.pid);
  if (own === null) throw new Error(`cannot read the start time of this process (${process.pid})`);
  return own;
}

/** Tells whether that life goes on. Zombies count as dead; another namespace cannot be judged. */
export function livenessOf(who: ProcessIdentity): Liveness {
  if (who.boot !== bootId()) return 'dead';
  if (who.space !== pidSpace()) return 'unknown';
  const stat = procStat(who.pid);
  if (stat === null || stat.start !== who.start) return 'dead';
  return stat.state === 'Z' || stat.state === 'X' ? 'dead' : 'alive';
}

/** The identity as plain data for a lease or a lock file. */
export const identityJson = (who: ProcessIdentity): JsonObject => ({ ...who });

/** Reads an identity back from plain data; null when it is not one. */
export function parseIdentity(data: unknown): ProcessIdentity | null {
  if (typeof data !== 'object' || data === null) return null;
  const { pid, start, boot, space } = data as Record<string, unknown>;
  const texts = typeof start === 'string' && typeof boot === 'string' && typeof space === 'string';
  return typeof pid === 'number' && pid > 1 && texts ? { pid, start, boot, space } : null;
}
