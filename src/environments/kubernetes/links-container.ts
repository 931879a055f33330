import { PassThrough } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import type { V1Pod } from '@kubernetes/client-node';
import { HighwaterError } from '../../core/errors.ts';
import { ms, seconds } from '../../core/time.ts';
import { showSpan } from '../../core/units.ts';
import { dialerCommand } from '../packet-links/dialer.ts';
import type { Channel } from '../packet-links/inner-shell.ts';
import type { Cluster } from './cluster.ts';
import { type ContainerRef, openSocket } from './exec.ts';
import { LINKS_CONTAINER } from './layout.ts';

const RUNS_WITHIN = seconds(60);

/**
 * Adds an ephemeral container to a pod that runs, from which its links are cut: it joins the pod's
 * network, may set rules there (NET_ADMIN), and dials from inside. It goes with the pod.
 */
export async function addLinksContainer(
  { core, client }: Cluster,
  pod: V1Pod,
  of: { readonly image: string; readonly dialerPort: number; readonly signal: AbortSignal },
): Promise<ContainerRef> {
  const { name = '', namespace = '' } = pod.metadata ?? {};
  const at = { namespace, pod: name, container: LINKS_CONTAINER };
  const [command = '', ...args] = dialerCommand(of.dialerPort);
  const ephemeralContainers = [
    {
      name: LINKS_CONTAINER,
      image: of.image,
      imagePullPolicy: 'IfNotPresent',
      command: [command],
      args,
      securityContext: { runAsUser: 0, capabilities: { add: ['NET_ADMIN'] } },
    },
  ];
  const merge = client.setHeaderOptions('Content-Type', client.PatchStrategy.StrategicMergePatch);
  const body = { spec: { ephemeralContainers } };
  if (!isRunning(pod))
    await core.patchNamespacedPodEphemeralcontainers({ ...at, name, body }, merge);
  for (const from = performance.now(); ; await pause(ms(50))) {
    of.signal.throwIfAborted();
    const now = await core.readNamespacedPod({ namespace, name });
    if (isRunning(now)) return at;
    if (performance.now() - from < RUNS_WITHIN) continue;
    const state = JSON.stringify(statusOf(now)?.state ?? 'unknown');
    const text = `no container for the links of ${name} after ${showSpan(RUNS_WITHIN)}: ${state}`;
    throw new HighwaterError('ENV_NOT_READY', text, {
      hint: 'name an image with nft, ss and socat that the cluster has by HIGHWATER_IMAGE_NET',
    });
  }
}

const statusOf = (pod: V1Pod) =>
  pod.status?.ephemeralContainerStatuses?.find(({ name }) => name === LINKS_CONTAINER);

const isRunning = (pod: V1Pod): boolean => statusOf(pod)?.state?.running !== undefined;

/** A shell in such a container, for as long as it is wanted. */
export async function openShellChannel(cluster: Cluster, at: ContainerRef): Promise<Channel> {
  const [output, none, input] = [new PassThrough(), new PassThrough(), new PassThrough()];
  // Two streams would not say what came first; the second is held open, since the client library
  // takes the end of one for the end of all.
  const argv = ['sh', '-c', 'exec sh 3>&2 2>&1'];
  const streams = [output, none, input] as const;
  const socket = await openSocket(cluster, at, { argv, streams, ended: () => output.end() });
  return { input, output, end: () => socket.close() };
}
