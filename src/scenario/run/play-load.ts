import { HighwaterError } from '../../core/errors.ts';
import { rngOf } from '../../core/rng.ts';
import { after, type Instant, ms, seconds } from '../../core/time.ts';
import type { Links } from '../../environments/links.ts';
import type { FaultKind } from '../../faults/fault.ts';
import type { LoadPool } from '../../load/pool.ts';
import type { ChangeKind, Fleet } from '../../maintenance/change.ts';
import type { WindowName } from '../../record/events.ts';
import type { PhaseName } from '../../record/plan.ts';
import type { Sut } from '../../systems/system.ts';
import type { Stage } from './stage.ts';
import { playTimeline } from './timeline.ts';

/** What the load phases work with. */
export interface PlayLoadInput {
  readonly stage: Stage;
  readonly sut: Sut;
  readonly pool: LoadPool;
  readonly faults: ReadonlyMap<string, FaultKind>;
  readonly changes: ReadonlyMap<string, ChangeKind>;
  readonly links: Links | null;
  readonly fleet: Fleet;
  readonly groupName: string | null;
  readonly interrupt: AbortSignal;
  readonly held: Set<string>;
  readonly inPhase: <T>(phase: PhaseName, body: (signal: AbortSignal) => Promise<T>) => Promise<T>;
}

/**
 * Warm-up, then load with the timeline beside it. Load ends when the plan's stages are over, every
 * fault is healed and recovery was seen under load, with overtime where a heal is late; on
 * interrupt it ends at once, and every fault is healed.
 */
export async function playLoad(input: PlayLoadInput): Promise<void> {
  const { stage, pool, interrupt } = input;
  const { clock, plan } = stage;
  const windows = new Windows(stage, pool);
  let start = clock.now();
  await input.inPhase('warm-up', async (signal) => {
    pool.start();
    start = clock.now();
    windows.enter('warm-up');
    await Promise.race([
      pauseUntil(after(start, ms(plan.load.warmUpMs)), input, signal),
      pool.failed,
    ]);
  });
  await input.inPhase('load', async (signal) => {
    windows.enter('baseline');
    const early = new AbortController();
    const end = (): void => {
      pool.stop();
      // Completions still come in, but from here on nothing is sent: the window is over.
      windows.close();
      early.abort(new HighwaterError('INTERRUPTED', 'the load was ended'));
    };
    if (interrupt.aborted) end();
    interrupt.addEventListener('abort', end, { once: true });
    try {
      const baseline = after(start, ms(plan.load.warmUpMs));
      const steps = playSteps(
        input,
        { windows, baseline },
        AbortSignal.any([signal, early.signal]),
      );
      const enough = untilEnough(input, { windows, baseline, steps }, signal).then(end);
      // When a worker dies there is nothing to wait for; the undo of a fault is in the scope.
      await Promise.race([Promise.all([steps, enough, pool.finished()]), pool.failed]);
    } finally {
      interrupt.removeEventListener('abort', end);
      windows.close();
    }
  });
}

const playSteps = (
  { stage, sut, pool, faults, changes, links, fleet, groupName, held }: PlayLoadInput,
  { windows, baseline }: { readonly windows: Windows; readonly baseline: Instant },
  signal: AbortSignal,
): Promise<void> =>
  playTimeline(
    {
      steps: stage.plan.timeline,
      faults,
      changes,
      links,
      fleet,
      groupName,
      group: pool.members,
      rng: rngOf(stage.plan.seed),
      topics: stage.plan.topics.map(({ name }) => name),
      sut,
      clock: stage.clock,
      recorder: stage.recorder,
      progress: stage.progress,
      scope: stage.scope,
      start: baseline,
      held,
      onWindow: (window) => windows.enter(window),
    },
    signal,
  );

/** Everything healed has to be seen under load for at least so long. */
const RECOVER_MIN = seconds(5);

/** Resolves when the planned load is over, every step is through, and recovery was under load. */
async function untilEnough(
  input: PlayLoadInput,
  of: { readonly windows: Windows; readonly baseline: Instant; readonly steps: Promise<void> },
  signal: AbortSignal,
): Promise<void> {
  const { plan } = input.stage;
  const plannedMs = plan.load.stages.reduce((sum, { forMs }) => sum + forMs, 0);
  await Promise.all([pauseUntil(after(of.baseline, ms(plannedMs)), input, signal), of.steps]);
  if (plan.timeline.length === 0) return;
  await pauseUntil(after(of.windows.enteredAt, RECOVER_MIN), input, signal);
}

async function pauseUntil(
  until: Instant,
  { stage, interrupt }: PlayLoadInput,
  signal: AbortSignal,
): Promise<void> {
  try {
    await stage.clock.sleep(ms(until - stage.clock.now()), AbortSignal.any([signal, interrupt]));
  } catch (thrown) {
    if (signal.aborted) throw thrown; // An interrupt alone only cuts the pause short.
  }
}

/** Tells the record and the load workers which window it is. */
class Windows {
  /** When the last window began. */
  enteredAt: Instant;
  #now: WindowName | undefined;
  #closed = false;
  readonly #stage: Stage;
  readonly #pool: LoadPool;

  constructor(stage: Stage, pool: LoadPool) {
    this.#stage = stage;
    this.#pool = pool;
    this.enteredAt = stage.clock.now();
  }

  /** After `close` there is no load any more, and so no window. */
  enter(window: WindowName): void {
    if (this.#closed) return;
    this.#end();
    this.#now = window;
    this.enteredAt = this.#stage.clock.now();
    this.#stage.recorder.event({ kind: 'window', window, state: 'begin' });
    this.#pool.window(window);
  }

  close(): void {
    this.#end();
    this.#closed = true;
  }

  #end(): void {
    if (this.#now === undefined) return;
    this.#stage.recorder.event({ kind: 'window', window: this.#now, state: 'end' });
    this.#now = undefined;
  }
}
