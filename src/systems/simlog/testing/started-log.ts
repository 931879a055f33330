import type { LogAdmin, LogClients, ReadBatch } from '../../../clients/kafka/port.ts';
import { openScope, type Scope } from '../../../core/scope.ts';
import { ms } from '../../../core/time.ts';
import { type VirtualClock, virtualClock } from '../../../core/virtual-clock.ts';
import { waitFor } from '../../../core/wait-for.ts';
import type { AddressBook } from '../../../environments/environment.ts';
import type { Controls, Node, NodeSpec } from '../../../environments/node.ts';
import { showPartition, type TopicPartition } from '../../../record/names.ts';
import type { TopicPlan } from '../../../record/plan.ts';
import type { Sut } from '../../system.ts';
import type { Sabotage } from '../saboteur/sabotage.ts';
import { type SimlogSystem, simlogSystem } from '../simlog-system.ts';
import type { SimlogSpec } from '../spec.ts';

/** A simulated log that runs, with what a test needs to hurt it and to look at it. */
export interface StartedLog extends AsyncDisposable {
  readonly clock: VirtualClock;
  readonly system: SimlogSystem;
  readonly sut: Sut;
  readonly clients: LogClients;
  readonly admin: LogAdmin;
  readonly scope: Scope;
  /** Lines that the nodes wrote into their logs. */
  readonly said: string[];
  kill(node: string, how?: 'SIGKILL' | 'SIGTERM'): void;
  start(node: string): void;
  /** Deletes a replica's folder. */
  wipe(node: string, of: TopicPartition): void;
  /** All batches of a partition up to its high watermark, from the leader. */
  readAll(of: TopicPartition): Promise<readonly ReadBatch[]>;
  untilReady(): Promise<void>;
}

/** What to start, and what is wrong with it. */
export interface StartOptions {
  readonly spec?: Partial<SimlogSpec>;
  readonly topics?: readonly TopicPlan[];
  readonly sabotage?: Sabotage;
}

/** A topic with three replicas, two of which have to be in sync. */
export const topicOf = (name: string, over: Partial<TopicPlan> = {}): TopicPlan => ({
  name,
  partitions: 3,
  replication: 3,
  minInSync: 2,
  config: {},
  ...over,
});

/**
 * Boots a simulated log on machines of its own, waits until it is ready, and creates the topics.
 */
export async function startLog(options: StartOptions = {}): Promise<StartedLog> {
  const clock = virtualClock();
  const scope = openScope('test', clock);
  const system = simlogSystem(options.sabotage);
  const parsed = system.parse(options.spec ?? {});
  if ('problems' in parsed) throw new Error(parsed.problems.join('; '));
  const { spec } = parsed;
  const book = bookOf(spec.brokers);
  const said: string[] = [];
  const specs = system.nodes(spec, 'fast', book, 'cluster-of-the-test');
  const machines = new Map(specs.map((each) => [each.id, machineOf(each, clock, said)]));
  const machine = (node: string): Machine => machines.get(node) as Machine;
  for (const each of machines.values()) each.start();
  const nodes = [...machines.values()].map((each) => each.node);
  const connect = { spec, profile: 'fast', book, nodes, clusterId: 'cluster-of-the-test' } as const;
  const sut = await system.connect({ ...connect, scope, run: 'test' });
  const clients = sut.clients('load');
  const untilReady = async (): Promise<void> => {
    const limits = { clock, signal: scope.signal, within: ms(60_000) };
    await waitFor(sut.readiness, { ...limits, until: ({ ready }) => ready });
  };
  await untilReady();
  const admin = await clients.admin(scope.signal);
  for (const topic of options.topics ?? [topicOf('orders')]) await admin.createTopic(topic);
  return {
    clock,
    system,
    sut,
    clients,
    admin,
    scope,
    said,
    untilReady,
    kill: (node, how = 'SIGKILL') => machine(node).end(how),
    start: (node) => machine(node).start(),
    wipe: (node, of) => machine(node).wipe(showPartition(of)),
    readAll: async (of) => {
      const end = (await admin.offsets(of.topic, 'high-watermark')).get(of.partition) as bigint;
      const reader = await clients.reader(scope.signal);
      const batches: ReadBatch[] = [];
      for await (const batch of reader.read(of, 0n, end, scope.signal)) batches.push(batch);
      return batches;
    },
    [Symbol.asyncDispose]: async () => {
      await scope.close();
      for (const each of machines.values()) each.end('SIGKILL');
      clock[Symbol.dispose]();
    },
  };
}

interface Machine {
  readonly node: Node;
  start(): void;
  end(how: 'SIGKILL' | 'SIGTERM'): void;
  wipe(folder: string): void;
}

function machineOf(spec: NodeSpec, clock: VirtualClock, said: string[]): Machine {
  const files = new Map<string, string>();
  let up = false;
  const volumes: Controls['volumes'] = {
    list: async (_, folder) =>
      [...files]
        .filter(([path]) => folder === undefined || path.startsWith(`${folder}/`))
        .map(([path, content]) => ({ path, bytes: content.length })),
    read: async (_, path) => Buffer.from(files.get(path) as string, 'latin1'),
    wipe: async () => {},
  };
  return {
    node: {
      id: spec.id,
      role: spec.role,
      spec,
      logFile: undefined,
      look: async () => ({ state: up ? 'up' : 'down', incarnation: null, ended: null }),
      control: (kind) => (kind === 'volumes' ? (volumes as Controls[typeof kind]) : undefined),
    },
    start: () => {
      if (up) return;
      up = true;
      const log = (line: string): void => void said.push(`${spec.id} ${line}`);
      const volumes = new Map([['data', files]]);
      spec.start.virtual?.boot({ clock, volumes, log, exit: () => {} });
    },
    end: (how) => {
      if (!up) return;
      up = false;
      spec.start.virtual?.die(how);
    },
    wipe: (folder) => {
      for (const path of [...files.keys()]) if (path.startsWith(`${folder}/`)) files.delete(path);
    },
  };
}

const endpointOf: AddressBook['at'] = (node, port, from) => ({
  host: `${node}.${port}.${from}.invalid`,
  port: 9_092,
});

const bookOf = (brokers: number): AddressBook => ({
  nodesOf: () => Array.from({ length: brokers }, (_, at) => `broker-${at + 1}`),
  at: endpointOf,
  listen: endpointOf,
  links: null,
  volume: (node, volume) => `/${node}/${volume}`,
  filesOf: (node) => `/${node}/files`,
});
