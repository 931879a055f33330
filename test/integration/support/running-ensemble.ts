import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { realClock } from '../../../src/core/clock.ts';
import { openScope } from '../../../src/core/scope.ts';
import { minutes, ms, type Span, spanBetween } from '../../../src/core/time.ts';
import { waitFor } from '../../../src/core/wait-for.ts';
import type { AddressBook, RunContext } from '../../../src/environments/environment.ts';
import { localEnvironment } from '../../../src/environments/local/local-environment.ts';
import type { Node } from '../../../src/environments/node.ts';
import { foldersOf } from '../../../src/leases/folders.ts';
import { openLeaseBook } from '../../../src/leases/open-lease-book.ts';
import { askServers } from '../../../src/systems/zookeeper/ask-servers.ts';
import { ensembleRoleOf } from '../../../src/systems/zookeeper/ensemble-layout.ts';
import { ensembleNodes } from '../../../src/systems/zookeeper/node-specs.ts';
import { ensembleMisses } from '../../../src/systems/zookeeper/readiness.ts';
import { type EnsembleSpec, ensembleSchema } from '../../../src/systems/zookeeper/spec.ts';

/** An ensemble on the local environment, as a run would have it. */
export interface RunningEnsemble extends AsyncDisposable {
  readonly spec: EnsembleSpec;
  readonly book: AddressBook;
  readonly nodes: readonly Node[];
  readonly signal: AbortSignal;
  /** From the start of the launch until the ensemble was ready. */
  readonly readyAfter: Span;
  /** Waits until the ensemble is ready again. */
  ready(): Promise<void>;
  /** Waits for a condition that is looked at every 50 ms. */
  until(what: string, condition: () => Promise<boolean>): Promise<void>;
}

/** The longest session that these tests ask for. */
export const SESSION_MS = 18_000;

/** Starts an ensemble and waits until it is ready; dispose ends it and deletes what it left. */
export async function runEnsemble(topology: object = {}): Promise<RunningEnsemble> {
  const clock = realClock();
  const spec = ensembleSchema.parse(topology);
  const run = `test-zookeeper-${randomUUID().slice(0, 8)}`;
  const directory = await mkdtemp(join(tmpdir(), 'highwater-zookeeper-'));
  const scope = openScope(run, clock);
  const { signal } = scope;
  const close = async (): Promise<void> => {
    const report = await scope.close();
    await rm(directory, { recursive: true, force: true });
    if (report.failures > 0) throw new Error(JSON.stringify(report.entries));
  };
  try {
    const environment = scope.own('environment', localEnvironment({ clock }));
    const live = foldersOf(process.env).live;
    const leases = openLeaseBook(join(directory, 'leases.ndjson'), { run, live });
    const context: RunContext = { run, directory, scope, leases, signal, progress: () => {} };
    const book = await environment.reserve([ensembleRoleOf(spec)], context);
    const launched = clock.now();
    const specs = ensembleNodes({ spec, profile: 'fast', book, sessionTimeoutMs: SESSION_MS });
    const nodes = await environment.launch(specs, book, context);
    const ready = async (): Promise<void> => {
      const look = async () => ensembleMisses(await askServers(spec, book, signal), SESSION_MS);
      await waitFor(
        { what: 'ensemble ready', look, show: (missing) => missing.join('; ') || 'ready' },
        { clock, signal, within: minutes(1), every: ms(50), until: ({ length }) => length === 0 },
      );
    };
    const until: RunningEnsemble['until'] = async (what, condition) => {
      const wait = { clock, signal, within: minutes(1), every: ms(50) };
      await waitFor({ what, look: condition, show: String }, { ...wait, until: Boolean });
    };
    await ready();
    const readyAfter = spanBetween(launched, clock.now());
    return { spec, book, nodes, signal, readyAfter, ready, until, [Symbol.asyncDispose]: close };
  } catch (thrown) {
    await close();
    throw thrown;
  }
}
