import { HighwaterError, messageOf } from '../../core/errors.ts';
import type { Rng } from '../../core/rng.ts';
import { type Instant, minutes, ms } from '../../core/time.ts';
import { showSpan } from '../../core/units.ts';
import type { Node } from '../../environments/node.ts';
import type { Effect, Engaged } from '../../faults/fault.ts';
import { type Resolved, resolveTargets } from '../../faults/targets.ts';
import type { FaultEvent } from '../../record/events.ts';
import type { NodeId, TopicPartition } from '../../record/names.ts';
import type { FaultStep } from '../../record/plan.ts';
import type { TargetRule } from '../../record/targets.ts';
import type { Leadership } from '../../systems/system.ts';
import type { TimelineInput } from './timeline-input.ts';

/**
 * Plays one fault: engage → confirm → hold → heal → confirm, each told to the record with what was
 * seen.
 */
export async function playFault(
  step: FaultStep,
  input: TimelineInput,
  signal: AbortSignal,
): Promise<void> {
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
  step: FaultStep,
  input: TimelineInput,
  acts: Acts,
): Promise<Engaged | undefined> {
  const { sut, clock, scope } = input;
  let engaged: Engaged | undefined;
  await acts.tell('engage', async () => {
    const kind = input.faults.get(step.fault);
    if (kind === undefined) throw new HighwaterError('BUG', `no fault "${step.fault}"`);
    const rng = input.rng.fork(step.id);
    const { target, other, members } = await resolveBoth(step, input, rng);
    acts.targets = [...target.map(({ id }) => id), ...members];
    const led = await input.sut.leadership(input.topics, scope.signal);
    acts.affected = ledBy(nodeIds(target), led);
    for (const { id } of target) input.held.add(id);
    acts.from = clock.now();
    engaged = await kind.engage({
      targets: target,
      others: other,
      members,
      params: step.params,
      sut,
      topics: input.topics,
      links: input.links,
      group: input.group,
      clock,
      rng,
      signal: scope.signal,
    });
    acts.mechanism = engaged.mechanism;
    acts.affected = ledBy(engaged.harmed ?? nodeIds(target), led);
    acts.from = engaged.began ?? acts.from;
    return { took: true, seen: engaged.mechanism };
  });
  return engaged;
}

/** Whom both sides of a fault mean at this moment. */
async function resolveBoth(
  step: FaultStep,
  input: TimelineInput,
  rng: Rng,
): Promise<{ target: readonly Node[]; other: readonly Node[] | null; members: readonly string[] }> {
  const { sut, clock, group, groupName, scope } = input;
  const common = { sut, clock, group, groupName, within: ms(step.withinMs), signal: scope.signal };
  const resolve = (rule: TargetRule, label: string): Promise<Resolved> =>
    resolveTargets(rule, { ...common, rng: rng.fork(label) });
  const { nodes, members } = await resolve(step.target, 'target');
  const other = step.other === null ? null : (await resolve(step.other, 'other')).nodes;
  return { target: nodes, other, members };
}

const nodeIds = (nodes: readonly Node[]): readonly NodeId[] => nodes.map(({ id }) => id);

/** Partitions that one of the nodes led. */
const ledBy = (nodes: readonly NodeId[], led: readonly Leadership[]): readonly TopicPartition[] =>
  led
    .filter(({ leader }) => leader !== null && nodes.includes(leader))
    .map(({ topic, partition }) => ({ topic, partition }));

/** Tells the acts of one step, with what is known of it so far. */
class Acts {
  targets: readonly string[] = [];
  affected: readonly TopicPartition[] = [];
  mechanism = '';
  /** Start of the act; moved forward by an act that looks first and does its harm later. */
  from: Instant;
  readonly #step: FaultStep;
  readonly #input: TimelineInput;

  constructor(step: FaultStep, input: TimelineInput) {
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
