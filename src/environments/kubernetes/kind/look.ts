import { seconds } from '../../../core/time.ts';
import {
  contextOf,
  type KindDescriptor,
  type KindFiles,
  kubeconfigFacts,
  readDescriptor,
} from './descriptor.ts';
import { type NodeContainer, nodeContainers } from './docker-command.ts';
import { type Host, KIND, runKind } from './kind-command.ts';

/** What there is under the name of a cluster. */
export type KindLook =
  | { readonly state: 'absent' }
  /** It is not known as one of ours; nothing is done to it. */
  | { readonly state: 'stranger'; readonly why: string }
  /** Ours, and of no use any more. */
  | { readonly state: 'broken'; readonly descriptor: KindDescriptor; readonly why: string }
  | {
      readonly state: 'ours';
      readonly descriptor: KindDescriptor;
      /** Text of a kubeconfig that leads to it. */
      readonly kubeconfig: string;
    };

const LIMIT = seconds(30);
const STOPPED = ['exited', 'created', 'dead'];

/**
 * Why a cluster of ours is of no use any more; null when nothing is known against it. Containers
 * that an engine brings back may get each other's addresses, and etcd, the API server and kubelets
 * keep to those that they were made with (kubernetes-sigs/kind#2045). Pure.
 */
export function whatBroke(
  { containers, createdAt }: KindDescriptor,
  found: readonly NodeContainer[],
): string | null {
  if (found.length === 0) return null; // Docker cannot be asked.
  const named = (those: readonly NodeContainer[]) => those.map(({ name }) => name).join(', ');
  const stopped = found.filter(({ state }) => STOPPED.includes(state));
  if (stopped.length > 0) return `${named(stopped)} stopped, as by a restart of the engine`;
  if (found.length < containers.length) {
    return `only ${named(found)} left of its ${containers.length} containers`;
  }
  const again = found.filter(({ startedAt }) => startedAt > Date.parse(createdAt));
  if (again.length === 0) return null;
  return `${named(again)} started again since it was made, as by a restart of the engine`;
}

/** Looks whether a cluster of that name is there, and is ours; changes nothing. */
export async function lookAtKindCluster(
  name: string,
  files: KindFiles,
  host: Pick<Host, 'run' | 'signal'>,
): Promise<KindLook> {
  const clusters = await runKind(KIND.clusters(), host, { within: LIMIT });
  if (!clusters.split('\n').includes(name)) return { state: 'absent' };
  const descriptor = await readDescriptor(files.descriptor);
  if (descriptor?.name !== name) {
    return { state: 'stranger', why: `nothing in ${files.descriptor} says that we made it` };
  }
  const containers = await nodeContainers(name, host);
  const foreign = containers.find(({ id }) => !descriptor.containers.includes(id));
  if (foreign !== undefined) {
    const why = `${files.descriptor} knows nothing of its container ${foreign.name}`;
    return { state: 'stranger', why };
  }
  const why = whatBroke(descriptor, containers);
  if (why !== null) return { state: 'broken', descriptor, why };
  const kubeconfig = await runKind(KIND.kubeconfig(name), host, { within: LIMIT });
  const { server, caSha256 } = await kubeconfigFacts(kubeconfig, contextOf(name));
  if (caSha256 !== descriptor.caSha256) {
    return { state: 'stranger', why: `it is not the one that ${files.descriptor} tells of` };
  }
  if (!isLoopback(server)) return { state: 'stranger', why: `its server is ${server}, not here` };
  return { state: 'ours', descriptor, kubeconfig };
}

function isLoopback(server: string): boolean {
  const host = URL.parse(server)?.hostname ?? '';
  return host === 'localhost' || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host);
}
