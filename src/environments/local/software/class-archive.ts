import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { messageOf } from '../../../core/errors.ts';
import { runCommandOk } from '../../../core/exec.ts';
import { seconds } from '../../../core/time.ts';
import { tiedToUs } from '../processes/tied-command.ts';
import type { Distribution } from './distribution.ts';
import type { Java } from './java.ts';
import type { ArchiveUse } from './jvm-command.ts';

/**
 * Class-data archives: a JVM that starts from one skips most of loading and verifying classes. The
 * first node of a kind that ever runs records what it loads; when its run closes and all was well,
 * it is asked to write the archive (`jcmd VM.cds dynamic_dump`), just before it is killed. Later
 * runs start from it. The JVM passes over an archive that does not fit; but JDK 17 was seen to
 * crash on one that was cut short, so an archive is used only with a seal beside it that tells its
 * size and time as they were when it was whole, and is dropped when a JVM crashes in starting from
 * it. Tried and left: -XX:ArchiveClassesAtExit, which needs a tidy exit of the node.
 */
export interface ArchiveKey {
  readonly cache: string;
  /** Where an unfinished archive goes, on the same disk as the cache; gone when the run is. */
  readonly drafts: string;
  readonly distribution: Distribution;
  readonly java: Java;
  readonly main: string;
  readonly role: string;
}

/** How long a node must have run before what it loaded is worth keeping. */
export const ARCHIVE_AGE_MIN = seconds(5);
const DUMP_LIMIT = seconds(20);

/** The file of an archive: one per distribution, Java build, main class and role. */
export function archiveFile(key: ArchiveKey): string {
  const parts = [key.java.build, key.java.java, key.main, key.role];
  const hash = createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 12);
  return join(key.cache, 'archives', `${key.distribution.key}-${key.role}-${hash}.jsa`);
}

/** Whether there is an archive to start from, or one could be recorded. */
export async function archiveUse(key: ArchiveKey): Promise<ArchiveUse> {
  const file = archiveFile(key);
  const seal = await readFile(sealOf(file), 'utf8').catch(() => ''); // Not there is usual.
  if (seal !== '' && seal === (await sealText(file))) return { kind: 'use', file };
  return key.java.jcmd === null ? { kind: 'none' } : { kind: 'record' };
}

/** Forgets an archive, so that one is recorded anew. */
export async function dropArchive(key: ArchiveKey): Promise<void> {
  const file = archiveFile(key);
  for (const each of [sealOf(file), file]) await rm(each, { force: true });
}

const sealOf = (file: string): string => `${file}.seal`;

async function sealText(file: string): Promise<string | null> {
  const found = await stat(file).catch(() => null); // Deleted by hand, for example.
  return found === null ? null : `${found.size} bytes, written at ${found.mtimeMs}\n`;
}

/**
 * Has a recording JVM write its archive; gives null, or in words why there is none. Never throws.
 */
export async function dumpArchive(
  pid: number,
  key: ArchiveKey,
  signal: AbortSignal,
): Promise<string | null> {
  const file = archiveFile(key);
  const draft = join(key.drafts, basename(file));
  try {
    await mkdir(dirname(file), { recursive: true });
    const argv = [key.java.jcmd ?? 'jcmd', String(pid), 'VM.cds', 'dynamic_dump', draft];
    await runCommandOk(tiedToUs(argv), { signal, within: DUMP_LIMIT });
    await dropArchive(key);
    await rename(draft, file);
    await writeFile(`${draft}.seal`, (await sealText(file)) ?? '');
    await rename(`${draft}.seal`, sealOf(file));
    return null;
  } catch (thrown) {
    await rm(draft, { force: true });
    return messageOf(thrown);
  }
}

/** A node that records for an archive. */
export interface Recorder {
  readonly node: string;
  readonly key: ArchiveKey;
  /** Its process, when it is up and jcmd can reach it; else null. */
  pid(): number | null;
  /** Milliseconds since it started. */
  age(): number;
}

/** One recorder of each kind that has something worth keeping. */
export function toKeep(recorders: readonly (Recorder | null)[]): readonly Recorder[] {
  const ready = recorders
    .filter((each) => each !== null)
    .filter((each) => each.pid() !== null && each.age() >= ARCHIVE_AGE_MIN);
  return [...new Map(ready.map((each) => [archiveFile(each.key), each])).values()];
}

/** Has each recorder write its archive, side by side; says what was kept or why not. */
export const keepArchives = (
  recorders: readonly Recorder[],
  signal: AbortSignal,
): Promise<readonly string[]> =>
  Promise.all(
    recorders.map(async ({ node, key, pid }) => {
      const trouble = await dumpArchive(pid() ?? 0, key, signal);
      return trouble === null
        ? `kept ${archiveFile(key)}`
        : `no class-data archive of ${node}: ${trouble}`;
    }),
  );
