import type { ContainerRuntimeClient } from 'testcontainers';
import { HighwaterError, messageOf } from '../../core/errors.ts';
import { type Bytes, bytes } from '../../core/units.ts';

/** A container engine as dockerode speaks to it. */
export type Docker = ContainerRuntimeClient['container']['dockerode'];
/** One container of an engine, whether it runs or not. */
export type Container = ReturnType<ContainerRuntimeClient['container']['getById']>;

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
  const { host, serverVersion, operatingSystem, memory } = runtime.info.containerRuntime;
  if (!isHere(host)) {
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

const isHere = (host: string): boolean => /^(localhost|127(\.\d+){3}|::1)$/.test(host);

/** Whether the engine says that a thing is not there, or not in the state for what was asked. */
export const saysStatus = (thrown: unknown, ...codes: readonly number[]): boolean =>
  typeof thrown === 'object' &&
  thrown !== null &&
  'statusCode' in thrown &&
  codes.includes(thrown.statusCode as number);
