import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { isErrno } from '../../../core/errno.ts';
import { HighwaterError } from '../../../core/errors.ts';
import { type LockFile, readLock, takeLock } from '../../../leases/lock-file.ts';
import { ownIdentity } from '../../../leases/process-identity.ts';
import { distributionKey, pomOf } from './pom.ts';

/**
 * The jars of a piece of software, resolved once by Maven and kept for good:
 *
 *   <cache>/distributions/<key>/lib/*.jar   the class path
 *   <cache>/distributions/<key>/pom.xml     what was asked for
 *
 * A folder appears by one rename when it is complete, so that whoever sees it may use it; nobody
 * writes to it afterwards, which class-data archives rely on (they know the jars' times and sizes).
 */
export interface Distribution {
  readonly key: string;
  readonly folder: string;
  /** Absolute paths of all jars, in a fixed order. */
  readonly classPath: readonly string[];
}

/** Runs Maven in a folder; the run's launcher does it, so that it cannot outlive the run. */
export type RunMaven = (argv: readonly string[], cwd: string, signal: AbortSignal) => Promise<void>;

/** Where a distribution is kept, and who makes it. */
export interface ProvideOptions {
  readonly cache: string;
  /** Where unfinished work goes, on the same disk as the cache; gone when the run is. */
  readonly drafts: string;
  readonly run: string;
  readonly signal: AbortSignal;
  readonly progress: (doing: string) => void;
  readonly maven: RunMaven;
}

// Pinned, because the version that comes with a Maven installation may be too old for wildcards.
const COPY = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies';

/** Folder of all distributions below a cache folder. */
export const distributionsIn = (cache: string): string => join(cache, 'distributions');

/** The distribution of these coordinates when it is in the cache; null when Maven is needed. */
export async function cachedDistribution(
  cache: string,
  jars: readonly string[],
): Promise<Distribution | null> {
  const key = distributionKey(jars);
  const folder = join(distributionsIn(cache), key);
  try {
    const names = (await readdir(join(folder, 'lib'))).filter((name) => name.endsWith('.jar'));
    const classPath = names.sort().map((name) => join(folder, 'lib', name));
    return { key, folder, classPath };
  } catch (thrown) {
    if (isErrno(thrown, 'ENOENT')) return null;
    throw thrown;
  }
}

/**
 * The distribution of these coordinates, from the cache or resolved now; one run at a time does
 * that.
 */
export async function provideDistribution(
  jars: readonly string[],
  options: ProvideOptions,
): Promise<Distribution> {
  const key = distributionKey(jars);
  const folder = join(distributionsIn(options.cache), key);
  const lockPath = join(options.cache, 'locks', `${key}.lock`);
  for (;;) {
    options.signal.throwIfAborted();
    const cached = await cachedDistribution(options.cache, jars);
    if (cached !== null) return cached;
    const holder = { run: options.run, owner: ownIdentity(), leases: '' };
    const lock = takeLock(lockPath, holder);
    if (lock !== null) await resolveInto(folder, { jars, lock, options });
    else {
      const other = readLock(lockPath);
      const who = other === null || other === 'unreadable' ? 'another run' : `run ${other.run}`;
      options.progress(`${who} is resolving ${jars[0]} from Maven; waiting for it`);
      await pause(250, undefined, { signal: options.signal });
    }
  }
}

async function resolveInto(
  folder: string,
  work: { jars: readonly string[]; lock: LockFile; options: ProvideOptions },
): Promise<void> {
  const { jars, lock, options } = work;
  const draft = join(options.drafts, `maven-${basename(folder)}`);
  try {
    options.progress(`resolving ${jars.join(', ')} from Maven (first time only)`);
    await rm(draft, { recursive: true, force: true });
    await mkdir(join(draft, 'lib'), { recursive: true });
    await writeFile(join(draft, 'pom.xml'), pomOf(jars));
    const argv = ['mvn', '-B', '-ntp', '-f', join(draft, 'pom.xml'), COPY];
    const to = [`-DincludeScope=runtime`, `-DoutputDirectory=${join(draft, 'lib')}`];
    await options.maven([...argv, ...to], draft, options.signal);
    await refuseEmpty(join(draft, 'lib'), jars);
    await mkdir(dirname(folder), { recursive: true });
    await rename(draft, folder);
  } catch (thrown) {
    // Somebody whose lock we could not see was quicker; theirs is as good.
    if (!isErrno(thrown, 'ENOTEMPTY', 'EEXIST')) throw thrown;
  } finally {
    await rm(draft, { recursive: true, force: true });
    lock.release();
  }
}

async function refuseEmpty(lib: string, jars: readonly string[]): Promise<void> {
  if ((await readdir(lib)).length > 0) return;
  throw new HighwaterError('ENV_NOT_READY', `Maven copied no jar for ${jars.join(', ')}`, {
    hint: 'are these coordinates of jars?',
  });
}
