import { HighwaterError, messageOf } from '../../core/errors.ts';
import { ms } from '../../core/time.ts';
import { showSpan } from '../../core/units.ts';
import type { ChangeInput, ChangeResult } from '../../maintenance/change.ts';
import type { ChangeEvent } from '../../record/events.ts';
import type { NodeId } from '../../record/names.ts';
import type { ChangeStep } from '../../record/plan.ts';
import type { TimelineInput } from './timeline-input.ts';

/**
 * Carries out a planned change under its own limit and tells the record how it went. An interrupt
 * lets it come to its end: half a rolling restart would leave a cluster that nobody planned.
 */
export async function playChange(step: ChangeStep, input: TimelineInput): Promise<void> {
  const { progress, scope } = input;
  const holding = new Holding(input.held);
  const tell = (act: ChangeEvent['act'], { took, seen }: ChangeResult, nodes: readonly NodeId[]) =>
    input.recorder.event({
      kind: 'change',
      step: step.id,
      change: step.change,
      act,
      nodes,
      took,
      seen,
    });
  let last = 'it began';
  const note: ChangeInput['note'] = (seen, nodes = []) => {
    last = seen;
    tell('note', { took: true, seen }, nodes);
    progress.note(`${step.id} ${step.change}: ${seen}`);
  };
  const limit = showSpan(ms(step.limitMs));
  tell('begin', { took: true, seen: `at most ${limit}` }, []);
  progress.note(`${step.id} ${step.change}: begins`);
  const tooLong = (): string => `not over after ${limit}; the last that was told: ${last}`;
  const result = await withinLimit(step, { ...input, tooLong }, async (signal) => {
    const kind = input.changes.get(step.change);
    if (kind === undefined) throw new HighwaterError('BUG', `no change "${step.change}"`);
    const { sut, fleet, clock } = input;
    const rng = input.rng.fork(step.id);
    const { hold, release } = holding;
    const { params } = step;
    return kind.perform({ params, sut, fleet, clock, rng, signal, note, hold, release });
  });
  if (scope.signal.aborted) throw scope.signal.reason as Error;
  tell('end', result, holding.all);
  holding.release(holding.all);
  progress.note(`${step.id} ${step.change}: ${result.took ? '' : 'NOT DONE: '}${result.seen}`);
}

/** What the body came to; a throw and running out of time are results, too. */
async function withinLimit(
  step: ChangeStep,
  { clock, scope, tooLong }: TimelineInput & { readonly tooLong: () => string },
  body: (signal: AbortSignal) => Promise<ChangeResult>,
): Promise<ChangeResult> {
  const over = new AbortController();
  const ended = new AbortController();
  const timer = clock.sleep(ms(step.limitMs), ended.signal).then(
    () => over.abort(new HighwaterError('WAIT_TIMEOUT', tooLong())),
    () => {}, // It ended first, which is the normal case.
  );
  const signal = AbortSignal.any([scope.signal, over.signal]);
  try {
    return await body(signal);
  } catch (thrown) {
    return { took: false, seen: messageOf(thrown) };
  } finally {
    ended.abort(new Error('the change is over'));
    await timer;
  }
}

/** Nodes that the change has its hands on. */
class Holding {
  readonly #held: Set<NodeId>;
  readonly #all = new Set<NodeId>();

  constructor(held: Set<NodeId>) {
    this.#held = held;
  }

  /** Every node that was held at some time. */
  get all(): readonly NodeId[] {
    return [...this.#all];
  }

  readonly hold = (nodes: readonly NodeId[]): void => {
    for (const id of nodes) {
      this.#held.add(id);
      this.#all.add(id);
    }
  };

  readonly release = (nodes: readonly NodeId[]): void => {
    for (const id of nodes) this.#held.delete(id);
  };
}
