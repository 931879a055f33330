import { join } from 'node:path';
import { openScope, type Scope } from '../../core/scope.ts';
import { ms } from '../../core/time.ts';
import { HIGHWATER_VERSION } from '../../core/version.ts';
import { wallClock } from '../../core/wall-clock.ts';
import type { AddressBook, RunContext } from '../../environments/environment.ts';
import type { LoadPool } from '../../load/pool.ts';
import { HeldNodes } from '../../probes/held-nodes.ts';
import { hostWatch } from '../../probes/host.ts';
import { nodesWatch } from '../../probes/nodes.ts';
import { runWatch } from '../../probes/watch-loop.ts';
import type { PhaseName } from '../../record/plan.ts';
import type { Sut } from '../../systems/system.ts';
import { drain } from './drain.ts';
import { hostFacts } from './host-facts.ts';
import { playLoad } from './play-load.ts';
import { prepareChanges } from './prepare-changes.ts';
import { prepareTopics } from './prepare-topics.ts';
import type { RunInput } from './run-parts.ts';
import { inPhase, recordTrouble, type Stage } from './stage.ts';
import { startSystem } from './start-system.ts';
import { dumpSuspects, suspectsOf } from './suspects.ts';
import { teeRecorder } from './tee-recorder.ts';
import { workerJobs } from './worker-jobs.ts';

/**
 * Runs a plan: everything from reserving addresses to an empty census, told to the run directory.
 * It does not judge and it does not throw for what goes wrong in the run: that is in the record. It
 * throws only when the end of the record cannot be written; what the run held is given back first.
 */
export async function run(input: RunInput): Promise<void> {
  const { planned, parts, directory } = input;
  const { environment } = parts;
  const { clock } = environment;
  const scope = openScope('run', clock, input.signal);
  // Without a record there is nothing to go on for.
  const tee = teeRecorder(directory.recorder(clock, (failure) => scope.abort(failure)));
  const stage: Stage = {
    plan: planned.plan,
    clock,
    recorder: tee.recorder,
    progress: input.progress,
    scope,
  };
  const leases = input.openLeases(join(directory.path, 'leases.ndjson'), directory.run);
  const context: RunContext = {
    run: directory.run,
    directory: directory.path,
    scope,
    leases,
    signal: scope.signal,
    progress: (doing) => input.progress.waiting(environment.name, doing),
  };
  tee.recorder.event({
    kind: 'begin',
    version: 2,
    run: directory.run,
    anchor: wallClock().toISOString(),
    highwater: HIGHWATER_VERSION,
    host: hostFacts(),
  });
  const running = new Running(input, { stage, context, ledger: tee });
  const failures: unknown[] = [];
  try {
    directory.close(await running.all());
  } catch (thrown) {
    failures.push(thrown);
  }
  await closeAll(scope, input, context).catch((thrown: unknown) => failures.push(thrown));
  if (failures.length > 0) throw failures[0];
}

/** Gives everything back, then looks whether that is true. */
async function closeAll(scope: Scope, input: RunInput, context: RunContext): Promise<void> {
  input.progress.phase('close', ms(input.planned.plan.budgetsMs.close));
  const report = await scope.close();
  const leftovers = await input.parts.environment.census(context);
  input.directory.writeCleanup({ ...report, leftovers });
  input.progress.phaseEnded('close');
}

type Tee = ReturnType<typeof teeRecorder>;
type Reason = 'completed' | 'interrupted' | 'failed';

/** A system that is ready, and the load that waits to begin. */
interface Opened {
  readonly sut: Sut;
  readonly book: AddressBook;
  readonly pool: LoadPool;
}

/** One run on its way through the phases. */
class Running {
  readonly #input: RunInput;
  readonly #stage: Stage;
  readonly #context: RunContext;
  readonly #ledger: Tee;
  /** Nodes that a fault holds right now. */
  readonly #held = new HeldNodes();

  constructor(input: RunInput, of: { stage: Stage; context: RunContext; ledger: Tee }) {
    this.#input = input;
    this.#stage = of.stage;
    this.#context = of.context;
    this.#ledger = of.ledger;
  }

  /**
   * Every phase up to evidence; trouble goes to the record, and what can still be learnt is learnt.
   */
  async all(): Promise<Reason> {
    let reason: Reason = 'completed';
    const attempt = async (phase: PhaseName, body: () => Promise<void>) => {
      try {
        await body();
        return true;
      } catch (thrown) {
        const interrupted = this.#input.interrupt.aborted || this.#input.signal.aborted;
        reason = interrupted ? 'interrupted' : 'failed';
        if (!interrupted) recordTrouble(this.#stage.recorder, this.#phase ?? phase, thrown);
        return false;
      }
    };
    let opened: Opened | undefined;
    const ready = await attempt('ready', async () => {
      opened = await this.#untilReady();
    });
    if (!ready || opened === undefined) return reason;
    const { sut, book, pool } = opened;
    await attempt('load', () => this.#load({ sut, book, pool }));
    if (this.#input.interrupt.aborted) reason = 'interrupted';
    if (this.#stage.scope.signal.aborted) return reason;
    await attempt('drain', () =>
      this.#in('drain', (signal) =>
        drain(
          {
            stage: this.#stage,
            run: this.#context.run,
            sut,
            workload: this.#input.parts.workload,
            pool,
            deliveries: () => this.#ledger.deliveries(),
          },
          signal,
        ),
      ),
    );
    await attempt('evidence', () => this.#evidence(sut));
    return reason;
  }

  #phase: PhaseName | undefined;

  #in<T>(phase: PhaseName, body: (signal: AbortSignal) => Promise<T>): Promise<T> {
    this.#phase = phase;
    return inPhase(phase, this.#stage, body);
  }

  async #untilReady(): Promise<Opened> {
    const { parts, planned, interrupt } = this.#input;
    const stoppable = <T>(
      phase: PhaseName,
      body: (signal: AbortSignal) => Promise<T>,
    ): Promise<T> => this.#in(phase, (signal) => body(AbortSignal.any([signal, interrupt])));
    const { sut, book } = await startSystem({
      stage: this.#stage,
      context: this.#context,
      parts,
      links: planned.plan.links,
      inPhase: stoppable,
    });
    const pool = await stoppable('prepare', (signal) => this.#prepare(sut, signal));
    return { sut, book, pool };
  }

  async #prepare(sut: Sut, signal: AbortSignal): Promise<LoadPool> {
    const { parts } = this.#input;
    const { plan, clock, recorder, scope } = this.#stage;
    await prepareChanges(plan.timeline, parts.changes, { sut, signal });
    await prepareTopics(this.#stage, sut, signal);
    const topics = plan.topics.map(({ name }) => name);
    const group = parts.workload.groupOf(plan.workload.params, this.#context.run);
    const watching = scope.child('watches');
    const looks = { sut, topics, group, recorder, clock, scope: watching, signal: watching.signal };
    for (const name of plan.watches) runWatch(parts.watch(name), looks, watching);
    runWatch(nodesWatch(this.#held), looks, watching);
    if (clock.name === 'real') runWatch(hostWatch(), looks, watching);

    const jobs = workerJobs({
      plan,
      sut,
      clock,
      run: this.#context.run,
      workload: parts.workload,
      throttle: this.#input.throttle,
      directory: this.#context.directory,
    });
    const pool = scope.own(
      'load pool',
      parts.pool(
        jobs,
        {
          events: (events) => {
            for (const { t, ...body } of events) recorder.event(body, t);
          },
          samples: (rows) => recorder.samples(rows),
          deliveries: (deltas) => recorder.deliveries(deltas),
          totals: (totals) =>
            this.#stage.progress.status(
              `${totals.attempted} sent of ${totals.due} due, ${totals.acknowledged} acknowledged, ${totals.unknown} unknown, ` +
                `${totals.failed} failed, ${totals.dropped} dropped, ${totals.consumed} consumed`,
            ),
        },
        { sut, clock, scope },
      ),
    );
    await pool.open(signal);
    return pool;
  }

  async #load({ sut, book, pool }: Opened): Promise<void> {
    this.#phase = 'load';
    const { parts, planned } = this.#input;
    await playLoad({
      stage: this.#stage,
      sut,
      pool,
      faults: parts.faults,
      changes: parts.changes,
      links: book.links,
      fleet: { launch: (specs) => parts.environment.launch(specs, book, this.#context) },
      groupName: parts.workload.groupOf(planned.plan.workload.params, this.#context.run),
      interrupt: this.#input.interrupt,
      held: this.#held,
      inPhase: (phase, body) => this.#in(phase, body),
    });
  }

  async #evidence(sut: Sut): Promise<void> {
    await this.#in('evidence', async (signal) => {
      const suspects = suspectsOf(this.#ledger.deliveries());
      if (suspects.length === 0) return;
      await dumpSuspects(
        suspects,
        {
          stage: this.#stage,
          sut,
          workload: this.#input.parts.workload,
          run: this.#context.run,
          directory: this.#context.directory,
        },
        signal,
      );
    });
  }
}
