import { readdirSync, readFileSync } from 'node:fs';
import { procStat } from '../../../leases/process-identity.ts';

/** Pids, as this process sees them, of the direct children of a process. Linux only. */
export function childrenOf(pid: number): readonly number[] {
  try {
    const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
    return text.split(' ').filter(Boolean).map(Number);
  } catch {
    // Either the process is gone, or the kernel was built without this file.
    return procStat(pid) === null ? [] : allPids().filter((each) => procStat(each)?.parent === pid);
  }
}

/** All pids that this process can see. Linux only. */
export const allPids = (): readonly number[] =>
  readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0);

/** The pid that a process has in the innermost of its pid namespaces; null when it is gone. */
export function innerPidOf(pid: number): number | null {
  const line = statusField(pid, 'NSpid');
  return line === null ? null : Number(line.split(/\s+/).at(-1));
}

/** Whether a process has a handler of its own for a signal number. */
export function catchesSignal(pid: number, signal: number): boolean {
  const mask = statusField(pid, 'SigCgt');
  return mask !== null && (BigInt(`0x${mask}`) & (1n << BigInt(signal - 1))) !== 0n;
}

function statusField(pid: number, name: string): string | null {
  try {
    const text = readFileSync(`/proc/${pid}/status`, 'utf8');
    return text.match(new RegExp(`^${name}:\\s*(.*)$`, 'm'))?.[1]?.trim() ?? null;
  } catch {
    return null; // The process is gone.
  }
}

/**
 * Whether a process has a thread of that name; the kernel keeps the first 15 characters of names.
 */
export function hasThread(pid: number, name: string): boolean {
  try {
    return readdirSync(`/proc/${pid}/task`).some(
      (task) => readFileSync(`/proc/${pid}/task/${task}/comm`, 'utf8').trim() === name.slice(0, 15),
    );
  } catch {
    return false; // The process, or the thread, went while it was looked at.
  }
}
