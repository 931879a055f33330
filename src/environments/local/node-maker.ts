import { HighwaterError } from '../../core/errors.ts';
import type { RunContext } from '../environment.ts';
import type { NodeSpec, RoleSpec } from '../node.ts';
import { LocalNode, type LocalNodeParts } from './local-node.ts';
import { placesOf } from './node-places.ts';
import type { Launcher, OwnedProcess } from './processes/owned-process.ts';
import { archiveUse } from './software/class-archive.ts';
import { type Distribution, provideDistribution } from './software/distribution.ts';
import type { Java } from './software/java.ts';
import { nodeEnv } from './software/jvm-command.ts';
import { mavenOf } from './software/maven.ts';
import { rememberSoftware } from './software/software-index.ts';

/** What the nodes of one run are made with. */
export interface NodeMaking {
  readonly cache: string;
  readonly work: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly java: Java;
  readonly launcher: Launcher;
  readonly roles: readonly RoleSpec[];
  /** Where the hosts file of a node is; null when it has none. */
  readonly hostsFileOf: (node: string) => string | null;
  /** Told of every process besides the nodes' own. */
  readonly told: (process: OwnedProcess) => void;
}

/** Makes a node from its spec: its jars are provided, nothing of it is started. */
export const makeNode = async (
  spec: NodeSpec,
  making: NodeMaking,
  run: RunContext,
): Promise<LocalNode> => new LocalNode(await partsOf(spec, making, run));

async function partsOf(
  spec: NodeSpec,
  making: NodeMaking,
  run: RunContext,
): Promise<LocalNodeParts> {
  const { jvm } = spec.start;
  const role = making.roles.find((each) => each.role === spec.role);
  if (jvm === undefined || role === undefined) {
    const why =
      jvm === undefined ? 'it has no JVM to start' : `role "${spec.role}" was not reserved`;
    throw new HighwaterError('BUG', `bug in highwater: node ${spec.id}: ${why}`);
  }
  const distribution = await provide(jvm.jars, making, run);
  rememberSoftware(making.cache, spec.software, distribution.key);
  const { cache, java, work } = making;
  const archiveKey = { cache, drafts: work, distribution, java, main: jvm.main, role: spec.role };
  return {
    spec,
    jvm,
    places: placesOf(work, run.directory, spec.id),
    volumes: role.volumes,
    volumeLimits: role.volumeLimits ?? {},
    launcher: making.launcher,
    // By this mark `census` finds whatever a node may have started.
    env: { ...nodeEnv(making.env), HIGHWATER_RUN: run.run },
    classPath: distribution.classPath,
    archiveKey,
    archive: await archiveUse(archiveKey),
    hostsFile: making.hostsFileOf(spec.id),
    note: run.progress,
    remake: (next, signal) => partsOf(next, making, { ...run, signal }),
  };
}

const provide = (
  jars: readonly string[],
  making: NodeMaking,
  run: RunContext,
): Promise<Distribution> =>
  provideDistribution(jars, {
    cache: making.cache,
    drafts: making.work,
    run: run.run,
    signal: run.signal,
    progress: run.progress,
    maven: mavenOf(making.launcher, making.env, making.told),
  });
