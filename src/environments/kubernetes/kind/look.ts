import { seconds } from '../../../core/time.ts';
import {
  contextOf,
  type KindDescriptor,
  type KindFiles,
  kubeconfigFacts,
  readDescriptor,
} from './descriptor.ts';
import { nodeContainers } from './docker-command.ts';
import { type Host, KIND, runKind } from './kind-command.ts';

/** What there is under the name of a cluster. */
export type KindLook =
  | { readonly state: 'absent' }
  /** It is not known as one of ours; nothing is done to it. */
  | { readonly state: 'stranger'; readonly why: string }
  /** Ours, and these of its containers do not run. */
  | { readonly state: 'stopped'; readonly containers: readonly string[] }
  | {
      readonly state: 'ours';
      readonly descriptor: KindDescriptor;
      /** Text of a kubeconfig that leads to it. */
      readonly kubeconfig: string;
    };

const LIMIT = seconds(30);
const STOPPED = ['exited', 'created', 'dead'];

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
  const containers = (await nodeContainers(name, host))
    .filter(({ state }) => STOPPED.includes(state))
    .map((each) => each.name);
  if (containers.length > 0) return { state: 'stopped', containers };
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
