import { arch, cpus, platform, release } from 'node:os';
import { isHighwaterError, messageOf } from '../../core/errors.ts';
import { freeDisk } from '../../core/free-disk.ts';
import { bytes, mebibytes, showBytes } from '../../core/units.ts';
import { type Folders, foldersOf } from '../../leases/folders.ts';
import { sweep } from '../../leases/sweep.ts';
import { blockAt, blockCount, blockTakenBy, listen } from '../addresses/address-block.ts';
import type { Examined } from '../examined.ts';
import { availableMemory } from './preflight.ts';
import { type NamespaceProbe, probeNamespaces } from './processes/namespaces.ts';
import { findJava, JAVA_MIN, javaCommand } from './software/java.ts';
import { MAVEN_HINT } from './software/maven.ts';
import { onPath } from './software/on-path.ts';
import { type FileSystemProbe, probeFileSystems } from './volumes/file-systems.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** What three brokers with a controller need, as a yardstick for a machine. */
const MEMORY_WISHED = mebibytes(2_048);
const DISK_WISHED = mebibytes(5_120);

const ok = (what: string, seen: string): Examined => ({ what, state: 'ok', seen, hint: '' });

/** Looks at everything that local runs depend on; starts nothing that stays. */
export async function examineLocal(
  options: { readonly env?: Env; readonly signal?: AbortSignal } = {},
): Promise<readonly Examined[]> {
  const env = options.env ?? process.env;
  const folders = foldersOf(env);
  const signal = options.signal ?? new AbortController().signal;
  return [
    examinePlatform(),
    examineNamespaces(probeNamespaces()),
    examineFileSystems(probeFileSystems()),
    ...(await examineJava(env, signal)),
    examineMaven(env),
    examineSize('memory', availableMemory(), MEMORY_WISHED),
    examineSize(`disk of ${folders.cache}`, await freeDisk(folders.cache), DISK_WISHED),
    await examineLoopback(),
    examineBlocks(folders),
    await examineLeftovers(folders),
  ];
}

function examinePlatform(): Examined {
  const seen = `${platform()} ${release()} ${arch()}, ${cpus().length} cores`;
  if (platform() === 'linux') return ok('platform', seen);
  const hint = 'on Linux every node has an address of its own, and the kernel cleans up';
  return { what: 'platform', state: 'degraded', seen, hint };
}

function examineNamespaces(probe: NamespaceProbe): Examined {
  const what = 'namespaces';
  if (probe.mode === 'none') {
    const hint =
      'allow user namespaces, or run as root: without them a node may outlive a killed harness ' +
      'until `highwater sweep`';
    return { what, state: 'degraded', seen: probe.seen, hint };
  }
  if (probe.setpriv) return ok(what, probe.seen);
  const seen = `${probe.seen}, without setpriv`;
  return { what, state: 'degraded', seen, hint: 'install setpriv (util-linux)' };
}

function examineFileSystems({ kind, seen }: FileSystemProbe): Examined {
  const what = 'volumes of a limited size';
  if (kind === 'ext4') return ok(what, seen);
  const hint =
    kind === 'tmpfs'
      ? 'disks can be filled and not made to fail: that needs root, mke2fs and loop devices'
      : 'no disk can be filled or made to fail: that needs root, or user namespaces';
  return { what, state: 'degraded', seen, hint };
}

async function examineJava(env: Env, signal: AbortSignal): Promise<readonly Examined[]> {
  const command = javaCommand(undefined, env);
  try {
    const java = await findJava(command, signal);
    const seen = `${java.version} (${java.java})`;
    const hint = `nodes need Java ${JAVA_MIN} or later`;
    const fit = java.feature >= JAVA_MIN;
    const found: Examined = fit ? ok('java', seen) : { what: 'java', state: 'missing', seen, hint };
    return [found, examineJcmd(java.jcmd)];
  } catch (thrown) {
    signal.throwIfAborted();
    const hint = (isHighwaterError(thrown) ? thrown.hint : undefined) ?? '';
    return [{ what: 'java', state: 'missing', seen: messageOf(thrown), hint }];
  }
}

const examineJcmd = (jcmd: string | null): Examined =>
  jcmd === null
    ? {
        what: 'jcmd',
        state: 'degraded',
        seen: 'not beside java',
        hint: 'install a JDK, not a JRE: nodes start slower, thread dumps go through their logs',
      }
    : ok('jcmd', jcmd);

function examineMaven(env: Env): Examined {
  const mvn = onPath('mvn', env);
  if (mvn !== null) return ok('maven', mvn);
  const hint = `${MAVEN_HINT}; software that is in the cache already runs without it`;
  return { what: 'maven', state: 'degraded', seen: 'no mvn on the PATH', hint };
}

function examineSize(what: string, found: number, wished: number): Examined {
  const seen = `${showBytes(bytes(found))} available`;
  if (found >= wished) return ok(what, seen);
  return { what, state: 'degraded', seen, hint: `a run may want ${showBytes(bytes(wished))}` };
}

/** Whether addresses besides 127.0.0.1 can be listened on. */
async function examineLoopback(): Promise<Examined> {
  const what = 'loopback addresses';
  const server = await listen({ host: '127.16.0.253', port: 0 });
  if (typeof server !== 'string') {
    server.close();
    return ok(what, '127.0.0.0/8');
  }
  const hint = 'nodes share 127.0.0.1 and differ by port';
  return { what, state: 'degraded', seen: server, hint };
}

function examineBlocks(folders: Folders): Examined {
  const what = 'address blocks';
  const own = platform() === 'linux';
  const takers = Array.from({ length: blockCount(own) }, (_, ordinal) =>
    blockTakenBy(folders.locks, blockAt(ordinal, own)),
  ).filter((taker) => taker !== null);
  const seen = `${blockCount(own) - takers.length} of ${blockCount(own)} free`;
  if (takers.length < blockCount(own)) return ok(what, seen);
  return { what, state: 'missing', seen, hint: 'end other runs, or: highwater sweep' };
}

async function examineLeftovers(folders: Folders): Promise<Examined> {
  const what = 'left by dead runs';
  const { swept } = await sweep({ folders, dryRun: true });
  if (swept.length === 0) return ok(what, 'nothing');
  const seen = swept.map((each) => `${each.kind} ${each.what}`).join(', ');
  return { what, state: 'degraded', seen, hint: 'highwater sweep' };
}
