import { allDeliveredChecker } from './checkers/all-delivered.ts';
import type { Checker } from './checkers/checker.ts';
import { failoverWithinChecker } from './checkers/failover-within.ts';
import { lagBelowChecker } from './checkers/lag-below.ts';
import { lagDrainedChecker } from './checkers/lag-drained.ts';
import { latencyAtMostChecker } from './checkers/latency-at-most.ts';
import { minIsrEnforcedChecker } from './checkers/min-isr-enforced.ts';
import { noDuplicatesChecker } from './checkers/no-duplicates.ts';
import { noLossChecker } from './checkers/no-loss.ts';
import { noStrangersChecker } from './checkers/no-strangers.ts';
import { orderChecker } from './checkers/order.ts';
import { rebalancesAtMostChecker } from './checkers/rebalances-at-most.ts';
import { throughputAtLeastChecker } from './checkers/throughput-at-least.ts';
import { clientLogFile } from './clients/kafka/client-log.ts';
import { KAFKAJS, kafkaClients } from './clients/kafka/connect.ts';
import type { LogClients } from './clients/kafka/port.ts';
import type { RealClock } from './core/clock.ts';
import { HighwaterError, invariant } from './core/errors.ts';
import { containerEnvironment } from './environments/container/container-environment.ts';
import { examineContainers } from './environments/container/examine.ts';
import { freeContainers } from './environments/container/free-containers.ts';
import type { Environment } from './environments/environment.ts';
import type { Examined } from './environments/examined.ts';
import { examineKubernetes } from './environments/kubernetes/examine.ts';
import { freeNamespace } from './environments/kubernetes/free-namespace.ts';
import { kubernetesEnvironment } from './environments/kubernetes/kubernetes-environment.ts';
import { examineLocal } from './environments/local/examine.ts';
import { localEnvironment } from './environments/local/local-environment.ts';
import { memoryEnvironment } from './environments/memory/memory-environment.ts';
import { diskFailed } from './faults/disk/disk-failed.ts';
import { diskFull } from './faults/disk/disk-full.ts';
import type { FaultKind } from './faults/fault.ts';
import { blackhole } from './faults/links/blackhole.ts';
import { bridge } from './faults/links/bridge.ts';
import { cut } from './faults/links/cut.ts';
import { isolate } from './faults/links/isolate.ts';
import { resetLinks } from './faults/links/reset-links.ts';
import { slow } from './faults/links/slow.ts';
import { split } from './faults/links/split.ts';
import { memberCrash } from './faults/members/member-crash.ts';
import { memberLeave } from './faults/members/member-leave.ts';
import { memberPause } from './faults/members/member-pause.ts';
import { memberPoison } from './faults/members/member-poison.ts';
import { crash } from './faults/process/crash.ts';
import { down } from './faults/process/down.ts';
import { pause } from './faults/process/pause.ts';
import { restart } from './faults/process/restart.ts';
import { stop } from './faults/process/stop.ts';
import { foldersOf } from './leases/folders.ts';
import { openLeaseBook } from './leases/open-lease-book.ts';
import { showSwept, sweep } from './leases/sweep.ts';
import { inlinePool } from './load/inline-pool.ts';
import type { WorkerJob } from './load/pool.ts';
import { threadPool } from './load/thread-pool.ts';
import { addBrokers } from './maintenance/add-brokers.ts';
import { alterConfig } from './maintenance/alter-config.ts';
import type { ChangeKind } from './maintenance/change.ts';
import { electPreferred } from './maintenance/elect-preferred.ts';
import { reassign } from './maintenance/reassign.ts';
import { removeBrokers } from './maintenance/remove-brokers.ts';
import { rollingRestart } from './maintenance/rolling-restart.ts';
import { rollingUpgrade } from './maintenance/rolling-upgrade.ts';
import { createTopic, deleteTopic } from './maintenance/topics.ts';
import { lagWatch } from './probes/lag.ts';
import { leadershipWatch } from './probes/leadership.ts';
import type { Watch } from './probes/watch.ts';
import type { Composition } from './scenario/composition.ts';
import type { RunParts } from './scenario/run/run-parts.ts';
import { kafkaSystem } from './systems/kafka/kafka-system.ts';
import { kafkaOnSimlog } from './systems/simlog/kafka-on-simlog.ts';
import type { Sabotage } from './systems/simlog/saboteur/sabotage.ts';
import { simlogSystem } from './systems/simlog/simlog-system.ts';
import type { SystemKind } from './systems/system.ts';
import { produceConsumeWorkload } from './workloads/produce-consume/workload.ts';
import type { Workload } from './workloads/workload.ts';

/**
 * The composition root: the one place where the names of environments, systems, workloads, faults
 * and checkers meet code. To add one of them, write its file and name it here.
 */
export const ENVIRONMENTS = ['local', 'container', 'kubernetes', 'memory'];

const named = <T extends { readonly name: string }>(
  ...things: readonly T[]
): ReadonlyMap<string, T> => new Map(things.map((thing) => [thing.name, thing]));

const WORKLOADS = named<Workload>(produceConsumeWorkload);
const FAULTS = named<FaultKind>(
  down,
  crash,
  stop,
  pause,
  restart,
  diskFull,
  diskFailed,
  cut,
  isolate,
  split,
  bridge,
  slow,
  resetLinks,
  blackhole,
  memberPause,
  memberPoison,
  memberCrash,
  memberLeave,
);
const CHANGES = named<ChangeKind>(
  rollingRestart,
  rollingUpgrade,
  addBrokers,
  removeBrokers,
  reassign,
  alterConfig,
  createTopic,
  deleteTopic,
  electPreferred,
);
const WATCHES: ReadonlyMap<string, () => Watch> = new Map([
  ['lag', lagWatch],
  ['leadership', leadershipWatch],
]);
const CHECKERS: ReadonlyMap<string, Checker> = new Map(
  [
    noLossChecker,
    noDuplicatesChecker,
    orderChecker,
    noStrangersChecker,
    failoverWithinChecker,
    lagDrainedChecker,
    lagBelowChecker,
    allDeliveredChecker,
    throughputAtLeastChecker,
    latencyAtMostChecker,
    rebalancesAtMostChecker,
    minIsrEnforcedChecker,
  ].map((checker) => [checker.claim, checker]),
);

/** How an environment is asked for on the command line. */
export interface EnvironmentFlags {
  readonly keep?: boolean;
  /** Of a cluster that is there, as the kubeconfig names it; with a namespace of it. */
  readonly context?: string;
  readonly namespace?: string;
}

/** Makes an environment by name; whoever makes it disposes it. Its clock starts now. */
export function environmentNamed(name: string, flags: EnvironmentFlags): Environment {
  const keep = flags.keep === true;
  const foreign = foreignOf(name, flags);
  if (name === 'local') return localEnvironment({ keep });
  if (name === 'container') return containerEnvironment({ keep });
  if (name === 'kubernetes') {
    return kubernetesEnvironment({ keep, ...(foreign === null ? {} : { foreign }) });
  }
  if (name === 'memory') return memoryEnvironment();
  throw new HighwaterError('USAGE', `no environment "${name}"`, {
    hint: `known: ${ENVIRONMENTS.join(', ')}`,
  });
}

/** A cluster is never guessed: its context and the namespace that agreed are named together. */
function foreignOf(
  name: string,
  { context, namespace }: EnvironmentFlags,
): { readonly context: string; readonly namespace: string } | null {
  if (context === undefined && namespace === undefined) return null;
  if (name !== 'kubernetes') {
    throw new HighwaterError('USAGE', `--context and --namespace say nothing to --env ${name}`, {
      hint: 'they go with --env kubernetes',
    });
  }
  if (context !== undefined && namespace !== undefined) return { context, namespace };
  const lacks = context === undefined ? '--context' : '--namespace';
  throw new HighwaterError(
    'USAGE',
    `a cluster is named by --context and --namespace: no ${lacks}`,
    {
      hint: 'leave both out for the cluster that highwater makes with kind',
    },
  );
}

/** Composes the parts; a sabotage of the simulated log is for tests of highwater itself. */
export function compose(sabotage?: Sabotage): Composition {
  const simlog = simlogSystem(sabotage);
  const virtual = named<SystemKind>(simlog, kafkaOnSimlog(simlog));
  const real = named<SystemKind>(kafkaSystem);
  const system = (key: string, start: string): SystemKind | undefined =>
    (start === 'virtual' ? virtual : real).get(key);
  return {
    catalog: {
      system,
      workloads: WORKLOADS,
      faults: FAULTS,
      changes: CHANGES,
      checkers: CHECKERS,
      watches: new Set(WATCHES.keys()),
    },
    checkers: CHECKERS,
    openLeases: (file, run) => openLeaseBook(file, { run, live: foldersOf(process.env).live }),
    parts: ({ plan }, environment): RunParts => {
      const found = system(plan.system.kind, environment.offers.start);
      invariant(found !== undefined, `no system "${plan.system.kind}" although it was planned`);
      const workload = workloadOf(plan.workload.name);
      return {
        environment,
        system: found,
        workload,
        faults: FAULTS,
        changes: CHANGES,
        watch: (name) => {
          const make = WATCHES.get(name);
          invariant(make !== undefined, `no watch "${name}" although it was planned`);
          return make();
        },
        pool: (jobs, tells, { sut, clock }) =>
          clock.name === 'real'
            ? threadPool({ jobs, tells, clock: clock as RealClock, worker: WORKER })
            : inlinePool({ jobs, tells, clock, workload, clients: sut.clients('load') }),
      };
    },
  };
}

const WORKER = new URL(
  `./worker${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`,
  import.meta.url,
);

/** The parts as users get them. */
export const composition: Composition = compose();

/** What `doctor` says of an environment on this machine. */
export async function examine(environment: string): Promise<readonly Examined[]> {
  if (environment === 'local') return examineLocal();
  if (environment === 'container') return examineContainers();
  if (environment === 'kubernetes') return examineKubernetes();
  return [
    { what: environment, state: 'ok', seen: 'simulated in this process; needs nothing', hint: '' },
  ];
}

/**
 * Gives back what dead runs left; a line for each thing. What a living run holds is not touched.
 */
export async function sweepDead(options: { readonly dryRun: boolean }): Promise<string[]> {
  const kinds = { containers: freeContainers, namespace: freeNamespace };
  const { swept } = await sweep({ folders: foldersOf(process.env), kinds, ...options });
  return swept.map(showSwept);
}

/** Clients of a load worker for the system under test. */
export function clientsOf({ view, session, clientLog }: WorkerJob): LogClients {
  if (view.driver === KAFKAJS) {
    return kafkaClients(
      view,
      clientLog === undefined ? undefined : clientLogFile(clientLog, session),
    );
  }
  throw new HighwaterError('BUG', `no driver "${view.driver}" in a load worker`);
}

/** A workload by name; used by load workers. */
export function workloadOf(name: string): Workload {
  const workload = WORKLOADS.get(name);
  invariant(workload !== undefined, `no workload "${name}"`);
  return workload;
}
