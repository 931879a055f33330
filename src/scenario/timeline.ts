import type { Clock } from '../core/clock.ts';
import { HighwaterError, messageOf } from '../core/errors.ts';
import type { Progress } from '../core/progress.ts';
import type { Scope } from '../core/scope.ts';
import { after, type Instant, minutes, ms } from '../core/time.ts';
import { showSpan } from '../core/units.ts';
import type { Node } from '../environments/node.ts';
import type { Effect, Engaged, FaultKind } from '../faults/fault.ts';
import { resolveTargets } from '../faults/targets.ts';
import type { FaultEvent } from '../record/events.ts';
import type { TopicPartition } from '../record/names.ts';
import type { StepPlan } from '../record/plan.ts';
import type { Recorder } from '../record/recorder.ts';
import type { Sut } from '../systems/system.ts';

/** What the timeline is played with. */
export interface TimelineInput {
  readonly steps: readonly StepPlan[];
  readonly faults: ReadonlyMap<string, FaultKind>;
  readonly topics: readonly string[];
  readonly sut: Sut;
  readonly clock: Clock;
  readonly recorder: Recorder;
  readonly progress: Progress;
  /** Every engaged fault is healed when it closes, whatever happened. */
  readonly scope: Scope;
  readonly start: Instant;
  /** Nodes that a fault holds right now, shared with the watch on nodes. */
  readonly held: Set<string>;
  readonly onWindow: (window: 'disturb' | 'recover') => void;
}

/**
 * Plays the steps: engage → confirm → hold → heal → confirm, each told to the record with what was
 * seen. A step that fails is recorded as not having taken and the others go on; the judge makes it
 * inconclusive. Aborting the signal skips what is left of holds, and heals.
 */
export async function playTimeline(input: TimelineInput, signal: AbortSignal): Promise<void> {
  let running = 0;
  let toCome = input.steps.length;
  await Promise.all(
    input.steps.map(async (step) => {
      try {
        await input.clock.sleep(ms(after(input.start, ms(step.atMs)) - input.clock.now()), signal);
      } catch {
        return; // Interrupted before it was due: nothing was done, nothing to undo.
      }
      toCome -= 1;
      running += 1;
      if (running === 1) input.onWindow('disturb');
      await playStep(step, input, signal);
      running -= 1;
      if (running === 0 && toCome === 0) input.onWindow('recover');
    }),
  );
}

async function playStep(step: StepPlan, input: TimelineInput, signal: AbortSignal): Promise<void> {
  const { clock, progress, scope } = input;
  const acts = new Acts(step, input);
  const engaged = await engage(step, input, acts);
  if (engaged === undefined) return;
  // From here on an undo is owed. It runs under the scope's signal: an interrupt must not stop it.
  let healed: Promise<void> | undefined;
  const heal = (): Promise<void> =>
    (healed ??= acts.tell('heal', async () => {
      await engaged.heal(scope.signal);
      return { took: true, seen: 'undone' };
    }));
  scope.onClose(
    `heal ${step.id}`,
    (limit) => (healed === undefined ? engaged.heal(limit) : healed),
    minutes(1),
  );

  await acts.tell('confirm', () => engaged.confirm(scope.signal));
  progress.note(`${step.id} ${step.fault}: held for ${showSpan(ms(step.holdMs))}`);
  try {
    await clock.sleep(ms(step.holdMs), signal);
  } catch {
    // Interrupted: the hold is cut short, the heal is not.
  }
  await heal();
  await acts.tell('confirm-heal', () => engaged.confirmHeal(scope.signal));
  for (const id of acts.targets) input.held.delete(id);
}

async function engage(
  step: StepPlan,
  input: TimelineInput,
  acts: Acts,
): Promise<Engaged | undefined> {
  const { sut, clock, scope } = input;
  let engaged: Engaged | undefined;
  await acts.tell('engage', async () => {
    const kind = input.faults.get(step.fault);
    if (kind === undefined) throw new HighwaterError('BUG', `no fault "${step.fault}"`);
    const targets = await resolveTargets(step.target, { sut, clock, signal: scope.signal });
    acts.targets = targets.map(({ id }) => id);
    acts.affected = await ledBy(targets, input);
    for (const id of acts.targets) input.held.add(id);
    acts.from = clock.now();
    engaged = await kind.engage({ targets, params: step.params, sut, clock, signal: scope.signal });
    acts.mechanism = engaged.mechanism;
    return { took: true, seen: engaged.mechanism };
  });
  return engaged;
}

/** Partitions that a target leads at this moment. */
async function ledBy(targets: readonly Node[], input: TimelineInput): Promise<TopicPartition[]> {
  const now = await input.sut.leadership(input.topics, input.scope.signal);
  return now
    .filter(({ leader }) => targets.some(({ id }) => id === leader))
    .map(({ topic, partition }) => ({ topic, partition }));
}

/** Tells the acts of one step, with what is known of it so far. */
class Acts {
  targets: readonly string[] = [];
  affected: readonly TopicPartition[] = [];
  mechanism = '';
  /** Start of the act; moved forward by an act that looks first and does its harm later. */
  from: Instant;
  readonly #step: StepPlan;
  readonly #input: TimelineInput;

  constructor(step: StepPlan, input: TimelineInput) {
    this.#step = step;
    this.#input = input;
    this.from = input.clock.now();
  }

  /** Does one act and records it; a throw is recorded as not having taken. */
  async tell(act: FaultEvent['act'], body: () => Promise<Effect>): Promise<void> {
    const { clock, recorder, progress, scope } = this.#input;
    this.from = clock.now();
    let effect: Effect;
    try {
      effect = await body();
    } catch (thrown) {
      if (scope.signal.aborted) throw thrown;
      effect = { took: false, seen: messageOf(thrown) };
    }
    recorder.event({
      kind: 'fault',
      step: this.#step.id,
      fault: this.#step.fault,
      act,
      targets: this.targets,
      from: this.from,
      took: effect.took,
      seen: effect.seen,
      affected: this.affected,
      mechanism: this.mechanism,
    });
    progress.note(`${this.#step.id} ${act}: ${effect.took ? '' : 'DID NOT TAKE: '}${effect.seen}`);
  }
}
