import { HighwaterError } from '../core/errors.ts';
import { after, type Instant, ms } from '../core/time.ts';
import type { FaultKind } from '../faults/fault.ts';
import type { LoadPool } from '../load/pool.ts';
import type { WindowName } from '../record/events.ts';
import type { PhaseName } from '../record/plan.ts';
import type { Sut } from '../systems/system.ts';
import type { Stage } from './stage.ts';
import { playTimeline } from './timeline.ts';

/** What the load phases work with. */
export interface PlayLoadInput {
  readonly stage: Stage;
  readonly sut: Sut;
  readonly pool: LoadPool;
  readonly faults: ReadonlyMap<string, FaultKind>;
  readonly interrupt: AbortSignal;
  readonly held: Set<string>;
  readonly inPhase: <T>(phase: PhaseName, body: (signal: AbortSignal) => Promise<T>) => Promise<T>;
}

/**
 * Warm-up, then load with the timeline beside it. Ends when the timetable has ended and every fault
 * is healed; on interrupt it ends the load, heals, and returns like that.
 */
export async function playLoad(input: PlayLoadInput): Promise<void> {
  const { stage, pool, interrupt } = input;
  const { clock, plan } = stage;
  // Of whichever of the two comes first: the load has to end early.
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
    const stopEarly = (): void => {
      pool.stop();
      early.abort(new HighwaterError('INTERRUPTED', 'the load was ended early'));
    };
    if (interrupt.aborted) stopEarly();
    interrupt.addEventListener('abort', stopEarly, { once: true });
    try {
      const steps = playTimeline(
        {
          steps: plan.timeline,
          faults: input.faults,
          topics: plan.topics.map(({ name }) => name),
          sut: input.sut,
          clock,
          recorder: stage.recorder,
          progress: stage.progress,
          scope: stage.scope,
          start: after(start, ms(plan.load.warmUpMs)),
          held: input.held,
          onWindow: (window) => windows.enter(window),
        },
        AbortSignal.any([signal, early.signal]),
      );
      // When a worker dies there is nothing to wait for; the undo of a fault is in the scope.
      await Promise.race([Promise.all([steps, pool.finished()]), pool.failed]);
    } finally {
      interrupt.removeEventListener('abort', stopEarly);
      windows.end();
    }
  });
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
  #now: WindowName | undefined;
  readonly #stage: Stage;
  readonly #pool: LoadPool;

  constructor(stage: Stage, pool: LoadPool) {
    this.#stage = stage;
    this.#pool = pool;
  }

  enter(window: WindowName): void {
    this.end();
    this.#now = window;
    this.#stage.recorder.event({ kind: 'window', window, state: 'begin' });
    this.#pool.window(window);
  }

  end(): void {
    if (this.#now === undefined) return;
    this.#stage.recorder.event({ kind: 'window', window: this.#now, state: 'end' });
    this.#now = undefined;
  }
}
