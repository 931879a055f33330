import { createServer } from 'node:net';
import type { ContainerRuntimeClient } from 'testcontainers';
import { HighwaterError, messageOf } from '../../core/errors.ts';
import { type Bytes, bytes } from '../../core/units.ts';

/** A container engine as dockerode speaks to it. */
export type Docker = ContainerRuntimeClient['container']['dockerode'];
/** One container of an engine, whether it runs or not. */
export type Container = ReturnType<ContainerRuntimeClient['container']['getById']>;

/**
 * How a container is taken away: with the volumes that its image declares (VOLUME, as upstream's
 * do), which are made for it, bear no label of ours, and would stay for good.
 */
export const REMOVED = { force: true, v: true } as const;

/** The engine that runs work with: whatever testcontainers finds on this machine. */
export interface Engine {
  readonly docker: Docker;
  readonly runtime: ContainerRuntimeClient;
  /** Its version and system, in words. */
  readonly seen: string;
  readonly memory: Bytes;
}

const NO_ENGINE =
  'start Docker or Podman, or say where it is with DOCKER_HOST; highwater doctor --env container ' +
  'tells what was found';

/**
 * Finds the engine: TESTCONTAINERS_HOST_OVERRIDE, DOCKER_HOST, the Docker context, a socket at one
 * of the usual places. Only an engine of this machine is taken: ports are published on loopback,
 * and nothing is ever done to containers elsewhere.
 */
export async function findEngine(): Promise<Engine> {
  // Imported when it is needed: it takes longer to load than all the rest of the command line.
  const { getContainerRuntimeClient } = await import('testcontainers');
  let runtime: ContainerRuntimeClient;
  try {
    runtime = await getContainerRuntimeClient();
  } catch (thrown) {
    throw new HighwaterError('ENV_NOT_READY', `no container engine: ${messageOf(thrown)}`, {
      hint: NO_ENGINE,
      cause: thrown,
    });
  }
  const { host, hostIps, serverVersion, operatingSystem, memory } = runtime.info.containerRuntime;
  if (!(await isHere(hostIps.map((each) => each.address)))) {
    throw new HighwaterError('TARGET_REFUSED', `the container engine is at ${host}, not here`, {
      hint: 'unset DOCKER_HOST, or choose a Docker context of this machine',
    });
  }
  return {
    docker: runtime.container.dockerode,
    runtime,
    seen: `${serverVersion} on ${operatingSystem}`,
    memory: bytes(memory),
  };
}

/**
 * Whether all of these addresses are this machine's own. An engine's host need not be called
 * localhost: where this machine is a container itself with an engine inside, testcontainers gives
 * the gateway of the bridge, which is an address of this very machine. With the socket of an engine
 * outside, the same gateway belongs to a neighbour, and loopback there is not loopback here.
 */
export async function isHere(addresses: readonly string[]): Promise<boolean> {
  const own = await Promise.all(addresses.map(canListenAt));
  return own.length > 0 && own.every((each) => each);
}

/** Asked of the kernel: the list of interfaces leaves out a bridge that nobody is on yet. */
const canListenAt = (address: string): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ host: address, port: 0 }, () => server.close(() => resolve(true)));
  });

/** Whether the engine says that a thing is not there, or not in the state for what was asked. */
export const saysStatus = (thrown: unknown, ...codes: readonly number[]): boolean =>
  typeof thrown === 'object' &&
  thrown !== null &&
  'statusCode' in thrown &&
  codes.includes(thrown.statusCode as number);
