import { readFileSync } from 'node:fs';
import { freemem } from 'node:os';
import { isHighwaterError, messageOf } from '../../core/errors.ts';
import { freeDisk } from '../../core/free-disk.ts';
import { bytes, showBytes } from '../../core/units.ts';
import { blockAt, blockCount, blockTakenBy } from '../addresses/address-block.ts';
import type { Needs, Shortfall } from '../capabilities.ts';
import type { LocalRunSetting } from './local-run.ts';
import { JAVA_MIN, type Java } from './software/java.ts';
import { MAVEN_HINT } from './software/maven.ts';
import { onPath } from './software/on-path.ts';
import { isSoftwareCached } from './software/software-index.ts';

/** Everything for which a run with these needs could not start here; starts nothing. */
export async function shortfalls(
  needs: Needs,
  setting: LocalRunSetting,
  signal: AbortSignal,
): Promise<readonly Shortfall[]> {
  const looks = [
    await javaShortfall(setting.java(signal), signal),
    mavenShortfall(needs, setting),
    memoryShortfall(needs.memory, availableMemory()),
    diskShortfall(needs.disk, await freeDisk(setting.folders.work), setting.folders.work),
    blockShortfall(setting),
  ];
  return looks.filter((each) => each !== null);
}

const notReady = (what: string, hint: string): Shortfall => ({ what, hint, kind: 'not-ready' });

async function javaShortfall(asked: Promise<Java>, signal: AbortSignal): Promise<Shortfall | null> {
  try {
    const java = await asked;
    if (java.feature >= JAVA_MIN) return null;
    return notReady(
      `Java ${JAVA_MIN} or later is needed, found ${java.version} (${java.java})`,
      `install a JDK ${JAVA_MIN} or later and put it on the PATH or in JAVA_HOME`,
    );
  } catch (thrown) {
    signal.throwIfAborted();
    const hint = isHighwaterError(thrown) ? thrown.hint : undefined;
    return notReady(messageOf(thrown), hint ?? 'run: highwater doctor');
  }
}

function mavenShortfall(needs: Needs, { folders, env }: LocalRunSetting): Shortfall | null {
  const wanting = needs.software.filter((each) => !isSoftwareCached(folders.cache, each));
  if (wanting.length === 0 || onPath('mvn', env) !== null) return null;
  const names = wanting.map(({ name, version }) => `${name} ${version}`).join(', ');
  return notReady(`no mvn on the PATH, and the jars of ${names} are not cached`, MAVEN_HINT);
}

/** Refuses when the nodes would not fit into memory that is available now. */
export function memoryShortfall(needed: number, available: number): Shortfall | null {
  if (needed <= available) return null;
  return notReady(
    `${showBytes(bytes(needed))} of memory needed, ${showBytes(bytes(available))} available`,
    'end other programs, or run fewer nodes',
  );
}

/** Refuses when volumes and logs would not fit on the disk. */
export function diskShortfall(needed: number, free: number, where: string): Shortfall | null {
  if (needed <= free) return null;
  return notReady(
    `${showBytes(bytes(needed))} of disk needed in ${where}, ${showBytes(bytes(free))} free`,
    'free some space, or set HIGHWATER_CACHE to a folder on a larger disk',
  );
}

function blockShortfall(setting: LocalRunSetting): Shortfall | null {
  const { ownAddresses, folders, block } = setting;
  const all = Array.from({ length: blockCount(ownAddresses) }, (_, ordinal) => ordinal);
  const wanted = block === undefined ? all : [block];
  const takers = wanted.map((each) => blockTakenBy(folders.locks, blockAt(each, ownAddresses)));
  if (takers.includes(null)) return null;
  return notReady(
    `no free address block: ${takers.slice(0, 3).join('; ')}`,
    `end other runs, or free what dead ones left: highwater sweep (locks: ${folders.locks})`,
  );
}

/** Memory that programs can take without swapping, within the limit of this control group. */
export function availableMemory(): number {
  const text = readOr('/proc/meminfo');
  const kib = text.match(/^MemAvailable:\s+(\d+) kB/m)?.[1];
  const host = kib === undefined ? freemem() : Number(kib) * 1024;
  const max = Number.parseInt(readOr('/sys/fs/cgroup/memory.max'), 10);
  const used = Number.parseInt(readOr('/sys/fs/cgroup/memory.current'), 10);
  return Number.isNaN(max) || Number.isNaN(used) ? host : Math.min(host, max - used);
}

function readOr(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return ''; // No such file on this platform.
  }
}
