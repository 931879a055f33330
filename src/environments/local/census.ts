import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { readLock } from '../../leases/lock-file.ts';
import { livenessOf, procStat } from '../../leases/process-identity.ts';
import type { Leftover } from '../environment.ts';
import type { LocalRun } from './local-run.ts';
import { allPids } from './processes/children.ts';

/** What a run still has of this machine: looked for anew, not taken from what we believe. */
export function censusOf(run: string, local: LocalRun): readonly Leftover[] {
  const left: Leftover[] = [];
  const known = local.processes().filter(({ who }) => livenessOf(who) === 'alive');
  for (const { label, who } of known) {
    left.push({ kind: 'process', what: `${label} (pid ${who.pid})` });
  }
  const pids = new Set(known.map(({ who }) => who.pid));
  for (const pid of markedPids(run).filter((each) => !pids.has(each))) {
    left.push({ kind: 'process', what: `pid ${pid}, started by a node` });
  }
  if (!local.keeps && existsSync(local.work)) left.push({ kind: 'folder', what: local.work });
  for (const image of loopImages().filter((path) => path.startsWith(`${local.work}/`))) {
    left.push({ kind: 'mount', what: image });
  }
  const holder = readLock(local.lockPath);
  if (holder !== null && holder !== 'unreadable' && holder.run === run) {
    left.push({ kind: 'lock', what: local.lockPath });
  }
  return left;
}

/** Files that loop devices are made of. Linux only. */
function loopImages(): readonly string[] {
  const block = '/sys/block';
  if (!existsSync(block)) return [];
  return readdirSync(block)
    .map((name) => `${block}/${name}/loop/backing_file`)
    .filter((file) => existsSync(file))
    .map((file) => readFileSync(file, 'utf8').trim());
}

/** Living processes that carry the mark of the run in their environment. Linux only. */
function markedPids(run: string): readonly number[] {
  if (process.platform !== 'linux') return [];
  const mark = `HIGHWATER_RUN=${run}`;
  return allPids().filter((pid) => {
    if (pid === process.pid) return false;
    try {
      if (!readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(mark)) return false;
    } catch {
      return false; // Not ours to read, hence not ours; or just gone.
    }
    const stat = procStat(pid);
    return stat !== null && stat.state !== 'Z';
  });
}
