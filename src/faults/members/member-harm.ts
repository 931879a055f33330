import { HighwaterError } from '../../core/errors.ts';
import type { Effect, Engaged, EngageInput, FaultKind, MemberAct } from '../fault.ts';
import { describeGroup, type Harmed, untilBack } from './member-proofs.ts';

/**
 * What harm to members of the workload's consumer group has in common: the load's own clients are
 * told to do it, and the group's coordinator is asked whether it bit and whether it is undone.
 */

/** One kind of harm to members. */
export interface MemberHarm {
  readonly name: string;
  readonly act: MemberAct;
  readonly undo: MemberAct;
  /** How it is done, for the record: "threads ended". */
  readonly how: string;
  /** Looks from another angle whether it bit. */
  readonly proof: (harmed: Harmed, signal: AbortSignal) => Promise<Effect>;
}

/** The fault of a harm; it has no parameters. */
export const memberFault = (harm: MemberHarm): FaultKind => ({
  name: harm.name,
  hits: 'members',
  needs: () => [],
  problems: (params) =>
    Object.keys(params).map(
      (key) => `fault ${harm.name}: unknown parameter "${key}" (it has none)`,
    ),
  engage: (input) => engage(harm, input),
});

async function engage(harm: MemberHarm, input: EngageInput): Promise<Engaged> {
  const { group, members, signal } = input;
  if (group === null || members.length === 0) {
    throw new HighwaterError('FAULT_FAILED', `${harm.name}: the workload has no such members`);
  }
  const before = await describeGroup(input, group.name, signal);
  const harmed: Harmed = { input, group, members, before };
  await Promise.all(members.map((member) => group.act(member, harm.act, signal)));
  let healed: Promise<void> | undefined;
  const undo = async (inner: AbortSignal): Promise<void> => {
    await Promise.all(members.map((member) => group.act(member, harm.undo, inner)));
  };
  return {
    mechanism: `${harm.how}: ${members.join(', ')}`,
    confirm: (inner) => harm.proof(harmed, inner),
    heal: (inner) => (healed ??= undo(inner)),
    confirmHeal: (inner) => untilBack(harmed, inner),
  };
}
