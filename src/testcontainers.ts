/**
 * What a test imports that has a Kafka of @testcontainers/kafka:
 * `import { checkKafkaContainer } from 'highwater/testcontainers'`.
 */
import { randomBytes } from 'node:crypto';
import type { RunResult } from './checkers/result.ts';
import { platformaticAdmin } from './clients/kafka/platformatic/admin.ts';
import { realClock } from './core/clock.ts';
import { isHighwaterError } from './core/errors.ts';
import { silentProgress } from './core/progress.ts';
import { ms, seconds } from './core/time.ts';
import { waitFor } from './core/wait-for.ts';
import { adoptedEnvironment } from './environments/container/adopted-environment.ts';
import { type Endpoint, showEndpoint } from './environments/endpoint.ts';
import { composition } from './registry.ts';
import { writeReports } from './report/write-reports.ts';
import { conduct } from './scenario/conduct.ts';
import type { Scenario } from './scenario/suite/scenario.ts';

/** A container that was started: `StartedKafkaContainer`, or what looks like one. */
export interface StartedContainer {
  getId(): string;
  getHost(): string;
  getMappedPort(port: number): number;
}

/** How a scenario is run on a container; everything has a default. */
export interface CheckOptions {
  /** Where its clients come in; 9093, as `KafkaContainer` has it. */
  readonly port?: number;
  /** Where run directories go; `reports`. */
  readonly out?: string;
  readonly seed?: string;
  readonly signal?: AbortSignal;
}

/**
 * Runs a scenario on a container of Kafka that is up already, and judges it: load, final reads and
 * claims as ever, and of faults those that leave the container what it is (`pause`). Its topology
 * is `{ brokers: 1, combined: true }`, with the container's version. The container is neither
 * started nor ended; topics of the scenario stay in it. Throws when the scenario cannot be run
 * there; whatever was judged is in the result and in `out`.
 */
export async function checkKafkaContainer(
  container: StartedContainer,
  scenario: Scenario,
  options: CheckOptions = {},
): Promise<RunResult> {
  const never = new AbortController().signal;
  const { port = 9093, out = 'reports', signal = never } = options;
  const at = { host: container.getHost(), port: container.getMappedPort(port) };
  const identity = await clusterIdAt(at, signal);
  await using environment = adoptedEnvironment({ id: container.getId(), at, identity });
  const { directory, record, result } = await conduct(scenario, composition, {
    environment,
    seed: options.seed ?? randomBytes(4).toString('hex'),
    profile: 'production',
    control: false,
    suite: 'a container that was adopted',
    out,
    progress: silentProgress,
    signal,
    interrupt: never,
  });
  writeReports(directory, record, result);
  return result;
}

async function clusterIdAt(at: Endpoint, signal: AbortSignal): Promise<string> {
  await using admin = platformaticAdmin({
    bootstrap: [showEndpoint(at)],
    clientId: 'highwater-adopt',
    signal,
  });
  // A container counts as started when something listens, which an engine's proxy does at once.
  const answer = async (): Promise<string> => {
    try {
      return (await admin.cluster()).clusterId;
    } catch (thrown) {
      if (isHighwaterError(thrown, 'CLIENT_FAILED')) return '';
      throw thrown;
    }
  };
  return await waitFor(
    { what: `Kafka answers at ${showEndpoint(at)}`, look: answer, show: (id) => id || 'nobody' },
    {
      clock: realClock(),
      signal,
      within: seconds(60),
      every: ms(200),
      until: (id) => id !== '',
      code: 'ENV_NOT_READY',
    },
  );
}
