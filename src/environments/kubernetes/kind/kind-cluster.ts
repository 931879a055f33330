/**
 * The Kubernetes that highwater makes for itself with kind when it is first needed, and uses again
 * for every later run: making one takes a minute, and what a run leaves in it goes with the run's
 * namespace. It is deleted by its user (`kind delete cluster`), and by us only when it did not
 * survive a restart of its engine. A cluster of the same name that we did not make is never
 * touched, and neither is the user's kubeconfig.
 */
import { type Clock, realClock } from '../../../core/clock.ts';
import { assertNever, HighwaterError } from '../../../core/errors.ts';
import { runCommand } from '../../../core/exec.ts';
import { minutes, type Span, seconds } from '../../../core/time.ts';
import type { Folders } from '../../../leases/folders.ts';
import type { HeldLease } from '../../../leases/lease-book.ts';
import { heldByTheLiving } from '../../../leases/live-files.ts';
import { openCluster } from '../cluster.ts';
import { type KindDescriptor, kindFilesOf, writePrivately } from './descriptor.ts';
import { KIND, type Run, runKind } from './kind-command.ts';
import { type KindLook, lookAtKindCluster } from './look.ts';
import { deleteKindCluster, type MakeOptions, makeKindCluster } from './make.ts';
import { settle } from './settle.ts';
import { takeTurn } from './turn.ts';
import { readUid } from './uid.ts';

/** A kind cluster of ours that is ready, and by what it is known again. */
export interface KindCluster {
  readonly name: string;
  /** File that leads to this cluster and to no other. */
  readonly kubeconfig: string;
  readonly context: string;
  readonly kubeSystemUid: string;
  readonly caSha256: string;
}

/** Which cluster, and for whom. */
export interface EnsureOptions {
  readonly name: string;
  readonly folders: Folders;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  readonly progress: (doing: string) => void;
  /** Runs kind and docker; `runCommand` unless told. */
  readonly run?: Run;
  readonly clock?: Clock;
}

const SETTLE_NEW = minutes(3);
const SETTLE_AGAIN = seconds(60);

/** The name of our cluster: HIGHWATER_KIND_CLUSTER, or `highwater`. */
export function kindClusterName(env: Readonly<Record<string, string | undefined>>): string {
  return checkedName(env['HIGHWATER_KIND_CLUSTER'] || 'highwater');
}

/** The image of its nodes: HIGHWATER_KIND_IMAGE; kind's own default when null. */
export const kindImage = (env: Readonly<Record<string, string | undefined>>): string | null =>
  env['HIGHWATER_KIND_IMAGE'] || null;

/** Makes sure that the cluster is there and ready, making it where there is none. */
export async function ensureKindCluster(options: EnsureOptions): Promise<KindCluster> {
  const { folders, signal, progress } = options;
  const name = checkedName(options.name);
  const clock = options.clock ?? realClock();
  const host = { run: options.run ?? runCommand, signal, progress };
  const image = kindImage(options.env);
  const files = kindFilesOf(folders.cache, name);
  const work = { name, files, host, clock, ...(image === null ? {} : { image }) };
  const turn = await takeTurn(name, { locks: folders.locks, clock, signal, progress });
  try {
    const look = await lookAtKindCluster(name, work.files, host);
    switch (look.state) {
      case 'stranger':
        throw strangerError(name, look.why);
      case 'ours':
        await writePrivately(work.files.kubeconfig, look.kubeconfig);
        return await whenReady(look.descriptor, work, SETTLE_AGAIN);
      case 'broken':
        refuseWhileUsed(look, work, folders);
        progress(`deleting kind cluster ${name}, which is of no use any more: ${look.why}`);
        await deleteKindCluster(work);
        return await whenReady(await makeKindCluster(work), work, SETTLE_NEW);
      case 'absent':
        return await whenReady(await makeKindCluster(work), work, SETTLE_NEW);
      default:
        return assertNever(look);
    }
  } finally {
    turn.release();
  }
}

/** Waits until pods can be made, once it is certain that this is the cluster we mean. */
async function whenReady(
  { context, kubeSystemUid, caSha256 }: KindDescriptor,
  { name, files, host, clock }: MakeOptions,
  within: Span,
): Promise<KindCluster> {
  const { signal, progress } = host;
  const cluster = await openCluster(files.kubeconfig);
  if ((await readUid(cluster, { name, clock, signal })) !== kubeSystemUid) {
    throw strangerError(name, `it is not the one that ${files.descriptor} tells of`);
  }
  const nodes = await runKind(KIND.nodes(name), host, { within: seconds(30) });
  const names = nodes.split('\n').filter(Boolean);
  await settle(cluster, { name, nodes: names, clock, signal, within, progress });
  return { name, kubeconfig: files.kubeconfig, context, kubeSystemUid, caSha256 };
}

/** A name that kind takes, and that makes a fit name of a file and of a lock. */
function checkedName(name: string): string {
  // The longest name of a node is that of the control plane, and a host name has 63 characters.
  if (/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(name) && name.length <= 49) return name;
  throw new HighwaterError('USAGE', `"${name}" is no name of a kind cluster`, {
    hint: 'HIGHWATER_KIND_CLUSTER: lower-case letters, digits, "." and "-", at most 49 of them',
  });
}

const strangerError = (name: string, why: string): HighwaterError =>
  new HighwaterError('TARGET_REFUSED', `kind cluster ${name} is not ours: ${why}`, {
    hint:
      'choose another name with HIGHWATER_KIND_CLUSTER; or, when nobody needs it (a run that was ' +
      `killed while it made one leaves it like this): kind delete cluster --name ${name}`,
  });

/** What runs have there is theirs until they end, broken or not. */
function refuseWhileUsed(
  { descriptor, why }: Extract<KindLook, { readonly state: 'broken' }>,
  { name }: MakeOptions,
  folders: Folders,
): void {
  const isHere = ({ kind, what }: HeldLease): boolean =>
    kind === 'namespace' && what['kubeSystemUid'] === descriptor.kubeSystemUid;
  const runs = heldByTheLiving(folders.live)
    .filter(({ held }) => held.some(isHere))
    .map(({ header }) => header.run);
  if (runs.length === 0) return;
  const text = `kind cluster ${name} is of no use any more: ${why}; and ${runs.join(', ')} is not over there`;
  const hint =
    'end that run first (highwater down, or Ctrl-C); the next one makes the cluster anew';
  throw new HighwaterError('ENV_NOT_READY', text, { hint });
}
