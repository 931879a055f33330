import { mkdir, readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Clock } from '../../../core/clock.ts';
import { isHighwaterError, messageOf } from '../../../core/errors.ts';
import { minutes, ms, seconds } from '../../../core/time.ts';
import { waitFor } from '../../../core/wait-for.ts';
import { wallClock } from '../../../core/wall-clock.ts';
import { openCluster } from '../cluster.ts';
import {
  contextOf,
  type KindDescriptor,
  type KindFiles,
  kubeconfigFacts,
  writeDescriptor,
  writePrivately,
} from './descriptor.ts';
import { nodeContainers } from './docker-command.ts';
import { type Host, KIND, runKind, stepOf } from './kind-command.ts';
import { NODE_PORTS } from './pool.ts';
import { readUid } from './uid.ts';

/** What a cluster is made with, and who makes it. */
export interface MakeOptions {
  readonly name: string;
  /** Image of its nodes; kind's own default unless told. */
  readonly image?: string;
  readonly files: KindFiles;
  readonly host: Host;
  readonly clock: Clock;
}

const MAKE_LIMIT = minutes(5);
const DELETE_LIMIT = seconds(60);
const UNDO_LIMIT = seconds(90);
const HINT =
  'highwater doctor --env kubernetes tells what was found; ' +
  `ports ${NODE_PORTS.first}-${NODE_PORTS.last} of ${NODE_PORTS.host} have to be free`;

/**
 * Makes a cluster where there is none of that name, and writes down by what it is known again. When
 * that fails, or is given up, nothing of it stays.
 */
export async function makeKindCluster(options: MakeOptions): Promise<KindDescriptor> {
  const { name, files, host } = options;
  const making = { ...options, kubeconfig: files.kubeconfig };
  host.progress(`making kind cluster ${name}`);
  await mkdir(dirname(files.kubeconfig), { recursive: true });
  // Of an earlier cluster; and a lock that a killed kind left beside it would stop this one.
  for (const file of [files.kubeconfig, `${files.kubeconfig}.lock`, files.descriptor]) {
    await rm(file, { force: true });
  }
  try {
    await runKind(KIND.create(making), host, {
      within: MAKE_LIMIT,
      hint: HINT,
      onLine: (line) => {
        const step = stepOf(line);
        if (step !== null) host.progress(`kind: ${step}`);
      },
    });
    return await describe(options);
  } catch (thrown) {
    // Made by somebody else since we looked: it is theirs.
    if (!/already exist for a cluster/.test(messageOf(thrown))) await removeHalfMade(making);
    throw thrown;
  }
}

async function describe({ name, files, host, clock }: MakeOptions): Promise<KindDescriptor> {
  const text = await readFile(files.kubeconfig, 'utf8');
  await writePrivately(files.kubeconfig, text);
  const { caSha256 } = await kubeconfigFacts(text, contextOf(name));
  const cluster = await openCluster(files.kubeconfig);
  const kubeSystemUid = await readUid(cluster, { name, clock, signal: host.signal });
  const containers = (await nodeContainers(name, host)).map(({ id }) => id);
  const createdAt = wallClock().toISOString();
  const known = { kubeSystemUid, caSha256, containers, createdAt };
  const descriptor = { name, context: contextOf(name), ...known };
  await writeDescriptor(files.descriptor, descriptor);
  return descriptor;
}

/** Deletes a cluster that is known to be ours, with what stands in its nodes. */
export async function deleteKindCluster({ name, files, host }: MakeOptions): Promise<void> {
  const argv = KIND.delete({ name, kubeconfig: files.kubeconfig });
  await runKind(argv, host, { within: DELETE_LIMIT });
}

/**
 * Deletes a cluster that is not complete, until it stays away: a container that the engine was
 * asked for just before kind was killed may come up after the first look. Never throws.
 */
async function removeHalfMade(making: MakeOptions): Promise<void> {
  const { name, clock, host } = making;
  const { signal } = new AbortController(); // A limit of its own: the caller's may have aborted.
  const own = { run: host.run, signal };
  host.progress(`deleting what was made of kind cluster ${name}`);
  try {
    await waitFor(
      {
        what: `kind cluster ${name} gone`,
        look: async () => {
          const left = await runKind(KIND.clusters(), own, { within: seconds(20) });
          const isThere = left.split('\n').includes(name);
          if (isThere) await deleteKindCluster({ ...making, host: { ...host, ...own } });
          return isThere;
        },
        show: (isThere) => (isThere ? 'there' : 'gone'),
      },
      {
        clock,
        signal,
        within: UNDO_LIMIT,
        every: ms(500),
        steadyFor: seconds(2),
        until: (isThere) => !isThere,
      },
    );
  } catch (thrown) {
    if (isHighwaterError(thrown, 'BUG')) throw thrown;
    host.progress(`${messageOf(thrown)}; delete it by: kind delete cluster --name ${name}`);
  }
}
