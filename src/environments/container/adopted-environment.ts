import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { realClock } from '../../core/clock.ts';
import { HighwaterError } from '../../core/errors.ts';
import type { Capability } from '../capabilities.ts';
import type { Endpoint } from '../endpoint.ts';
import type { AddressBook, Environment } from '../environment.ts';
import type { Controls, Node, NodeSpec, NodeState, RoleSpec } from '../node.ts';
import { stateOf } from './container-state.ts';
import { type Container, findEngine } from './engine.ts';
import { followLog } from './node-log.ts';
import { unlessDown } from './unless-down.ts';

/** A container that somebody else has started, and will end. */
export interface AdoptedContainer {
  readonly id: string;
  /** Where its one port is reached, by whoever comes. */
  readonly at: Endpoint;
  /** By which its system answers as itself. */
  readonly identity: string;
}

/** What can be done to a container without making it another one: its ports are not ours. */
export const ADOPTED_OFFERS: readonly Capability[] = ['process.pause'];

/**
 * One container that is there already as an environment of one node. Nothing of it is ours: it is
 * neither started nor ended, and no census counts it.
 */
export function adoptedEnvironment(adopted: AdoptedContainer): Environment {
  return {
    name: 'adopted',
    offers: { offered: new Set(ADOPTED_OFFERS), clock: 'real', start: 'image' },
    clock: realClock(),
    identity: adopted.identity,
    preflight: async () => [],
    reserve: async (roles) => adoptedBook(roles, adopted.at),
    launch: async ([spec, ...more], _book, run) => {
      if (spec === undefined || more.length > 0) {
        const text = `one container is there, and ${more.length + 1} nodes are wanted`;
        throw new HighwaterError('PLAN_IMPOSSIBLE', text, {
          hint: 'a topology of one combined node: { brokers: 1, combined: true }',
        });
      }
      const { docker } = await findEngine();
      const container = docker.getContainer(adopted.id);
      const logs = join(run.directory, 'logs');
      await mkdir(logs, { recursive: true });
      const logFile = join(logs, `${spec.id}.log`);
      await followLog(container, logFile);
      return [new AdoptedNode(spec, container, logFile)];
    },
    census: async () => [],
    [Symbol.asyncDispose]: async () => {},
  };
}

function adoptedBook(roles: readonly RoleSpec[], at: Endpoint): AddressBook {
  return {
    nodesOf: (name) => roles.filter(({ role }) => role === name).map(({ role }) => `${role}-1`),
    at: () => at,
    listen: () => at,
    links: null,
    // Written into a configuration that nobody will read.
    volume: () => '/adopted',
    filesOf: () => '/adopted',
  };
}

class AdoptedNode implements Node {
  readonly id: string;
  readonly role: string;
  readonly spec: NodeSpec;
  readonly logFile: string;
  readonly #container: Container;

  constructor(spec: NodeSpec, container: Container, logFile: string) {
    this.id = spec.id;
    this.role = spec.role;
    this.spec = spec;
    this.logFile = logFile;
    this.#container = container;
  }

  look(): Promise<NodeState> {
    return stateOf(this.#container, 'its own');
  }

  control<Kind extends keyof Controls>(kind: Kind): Controls[Kind] | undefined {
    const process: Controls['process'] = {
      kill: () => this.#refuse(),
      start: () => this.#refuse(),
      pause: () => unlessDown(this.#container.pause()),
      resume: () => unlessDown(this.#container.unpause()),
    };
    return (kind === 'process' ? process : undefined) as Controls[Kind] | undefined;
  }

  #refuse(): Promise<never> {
    const text = `${this.id} was adopted: it is neither ended nor started`;
    return Promise.reject(new HighwaterError('TARGET_REFUSED', text));
  }
}
