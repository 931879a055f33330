import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { realClock } from '../../../src/core/clock.ts';
import { openScope } from '../../../src/core/scope.ts';
import type { Instant, Span } from '../../../src/core/time.ts';
import { minutes, seconds, spanBetween } from '../../../src/core/time.ts';
import { waitFor } from '../../../src/core/wait-for.ts';
import type { AddressBook, RunContext } from '../../../src/environments/environment.ts';
import type { Links } from '../../../src/environments/links.ts';
import { localEnvironment } from '../../../src/environments/local/local-environment.ts';
import { foldersOf } from '../../../src/leases/folders.ts';
import { openLeaseBook } from '../../../src/leases/open-lease-book.ts';
import type { LinkClass, Profile, TopicPlan } from '../../../src/record/plan.ts';
import { kafkaSystem } from '../../../src/systems/kafka/kafka-system.ts';
import type { Sut } from '../../../src/systems/system.ts';

/** A Kafka cluster on the local environment, as a run would have it. */
export interface RunningKafka extends AsyncDisposable {
  readonly sut: Sut;
  readonly book: AddressBook;
  /** Null unless classes of links were asked for. */
  readonly links: Links | null;
  readonly signal: AbortSignal;
  /** From the start of the launch until the cluster was ready. */
  readonly readyAfter: Span;
  /** Creates topics and waits until they are whole. */
  create(topics: readonly Omit<TopicPlan, 'config'>[]): Promise<void>;
  /** Waits for a condition that is looked at every 50 ms. */
  until(what: string, condition: () => Promise<boolean> | boolean, within?: Span): Promise<void>;
  now(): Instant;
}

/**
 * Starts a cluster and waits until it is ready; dispose ends it and deletes what it left on disk.
 */
export async function runKafka(
  topology: object,
  profile: Profile = 'fast',
  classes: readonly LinkClass[] = [],
): Promise<RunningKafka> {
  const clock = realClock();
  const run = `test-kafka-${randomUUID().slice(0, 8)}`;
  const directory = await mkdtemp(join(tmpdir(), 'highwater-kafka-'));
  const scope = openScope(run, clock);
  const { signal } = scope;
  const close = async (): Promise<void> => {
    const report = await scope.close();
    await rm(directory, { recursive: true, force: true });
    if (report.failures > 0) throw new Error(JSON.stringify(report.entries));
  };
  try {
    const parsed = kafkaSystem.parse(topology);
    if ('problems' in parsed) throw new Error(parsed.problems.join('; '));
    const { spec } = parsed;
    const environment = scope.own('environment', localEnvironment({ clock }));
    const context: RunContext = {
      run,
      directory,
      scope,
      leases: openLeaseBook(join(directory, 'leases.ndjson'), {
        run,
        live: foldersOf(process.env).live,
      }),
      signal,
      progress: () => {},
    };
    const book = await environment.reserve(kafkaSystem.roles(spec, profile), context, classes);
    const clusterId = Buffer.from(randomUUID().replaceAll('-', ''), 'hex').toString('base64url');
    const launched = clock.now();
    const nodes = await environment.launch(
      kafkaSystem.nodes(spec, profile, book, clusterId),
      book,
      context,
    );
    const sut = await kafkaSystem.connect({ spec, profile, book, nodes, clusterId, scope, run });
    const wait = { clock, signal, until: ({ ready }: { ready: boolean }) => ready };
    await waitFor(sut.readiness, { ...wait, within: minutes(2), every: 100 as Span });
    const readyAfter = spanBetween(launched, clock.now());
    const until: RunningKafka['until'] = async (what, condition, within = seconds(30)) => {
      const probe = { what, look: async () => condition(), show: String };
      await waitFor(probe, { clock, signal, within, every: 50 as Span, until: (holds) => holds });
    };
    return {
      sut,
      book,
      links: book.links,
      signal,
      readyAfter,
      until,
      now: () => clock.now(),
      async create(topics) {
        await using admin = await sut.clients('check').admin(signal);
        for (const topic of topics) await admin.createTopic({ ...topic, config: {} });
        const names = topics.map(({ name }) => name);
        await until('topics whole', async () => {
          const partitions = await admin.topics(names);
          return partitions.every(({ leader, isr, replicas }) => {
            return leader !== null && isr.length === replicas.length;
          });
        });
      },
      [Symbol.asyncDispose]: close,
    };
  } catch (thrown) {
    await close();
    throw thrown;
  }
}
