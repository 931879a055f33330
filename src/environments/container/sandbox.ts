import type { Endpoint } from '../endpoint.ts';
import { volumePath } from '../images/paths.ts';
import { dialerCommand } from '../packet-links/dialer.ts';
import type { Container, Engine } from './engine.ts';
import { type labelsFor, NODE_LABEL, nameOf, PART_LABEL } from './layout.ts';

/**
 * What of a node outlives its process: a container that does nothing and holds the node's network,
 * its published ports and its volumes, as a pod's sandbox does. The node's own container joins it.
 * So a restart and another image change neither the node's addresses nor the rules that cut its
 * links, and its volumes can be looked into while it is down.
 */
export interface Sandbox {
  readonly container: Container;
  /** Where other nodes reach it, in the network of the run. */
  readonly address: string;
}

/** What a sandbox is made of. */
export interface SandboxParts {
  readonly run: string;
  readonly labels: ReturnType<typeof labelsFor>;
  readonly node: string;
  readonly image: string;
  readonly network: string;
  readonly ports: readonly Endpoint[];
  readonly volumes: readonly string[];
  /** Where its dialer listens, when its links will be cut; null when it has none. */
  readonly dialer: Endpoint | null;
}

/** Names of a node's volumes in the engine, and where they are in its containers. */
export const mountsOf = (run: string, node: string, volumes: readonly string[]) =>
  volumes.map((volume) => ({
    Type: 'volume' as const,
    Source: nameOf(run, node, volume),
    Target: volumePath(volume),
  }));

/** Makes a node's volumes and its sandbox, and starts that. */
export async function startSandbox({ docker }: Engine, parts: SandboxParts): Promise<Sandbox> {
  const { run, node, image, network, volumes, dialer } = parts;
  const ports = dialer === null ? parts.ports : [...parts.ports, dialer];
  const labels = parts.labels({ [NODE_LABEL]: node, [PART_LABEL]: 'sandbox' });
  for (const { Source } of mountsOf(run, node, volumes)) {
    await docker.createVolume({ Name: Source, Labels: labels });
  }
  const container = await docker.createContainer({
    name: nameOf(run, node, 'sandbox'),
    Image: image,
    Labels: labels,
    Hostname: node,
    User: '0',
    Entrypoint: dialer === null ? ['sleep', 'infinity'] : [...dialerCommand(dialer.port)],
    Cmd: [],
    ExposedPorts: Object.fromEntries(ports.map(({ port }) => [`${port}/tcp`, {}])),
    HostConfig: {
      NetworkMode: network,
      PortBindings: Object.fromEntries(
        ports.map(({ host, port }) => [`${port}/tcp`, [{ HostIp: host, HostPort: String(port) }]]),
      ),
      Mounts: mountsOf(run, node, volumes),
      ...(dialer !== null ? { CapAdd: ['NET_ADMIN'] } : {}),
    },
    NetworkingConfig: { EndpointsConfig: { [network]: { Aliases: [node] } } },
  });
  await container.start();
  const { NetworkSettings } = await container.inspect();
  return { container, address: NetworkSettings.Networks[network]?.IPAddress ?? '' };
}
