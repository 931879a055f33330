import { describe, expect, it } from 'vitest';
import { seconds } from '../../src/core/time.ts';
import type { MemberEvent } from '../../src/record/events.ts';
import { countRanges } from '../../src/record/range-set.ts';
import type { Conducted } from '../../src/scenario/conduct.ts';
import {
  crashMembers,
  leaveMembers,
  members,
  pauseMembers,
  poisonMembers,
} from '../../src/scenario/suite/member-builders.ts';
import { deafMembers, groupHarmed } from './support/a-group.ts';
import { notPassed, outcomes, runInline } from './support/run-inline.ts';

const memberEvents = ({ record }: Conducted): readonly (MemberEvent & { readonly t: number })[] =>
  record.events.filter((event) => event.kind === 'member');

/** Others whom a rebalance stopped under load, from the moment of the harm on. */
function disturbed(run: Conducted, harmed: string): readonly string[] {
  const { events } = run.record;
  const engage = events.find((event) => event.kind === 'fault');
  const from = engage?.kind === 'fault' ? engage.from : 0;
  const to = events.find((event) => event.kind === 'phase' && event.phase === 'drain')?.t ?? 0;
  return memberEvents(run)
    .filter(({ t, member }) => t >= from && t < to && member !== harmed)
    .filter(({ act }) => act === 'rebalancing')
    .map(({ member }) => member)
    .sort();
}

const actsOf = (run: Conducted, member: string): readonly string[] =>
  memberEvents(run)
    .filter((event) => event.member === member)
    .map(({ act }) => act);

const countOf = ({ record }: Conducted, fate: 'acknowledged' | 'consumed' | 'consumed-again') =>
  record.ledger.deliveries.reduce((sum, { fates }) => sum + countRanges(fates[fate]), 0);

const HARM = [
  { harm: pauseMembers, act: 'paused' },
  { harm: poisonMembers, act: 'paused' },
  { harm: crashMembers, act: 'crashed' },
  { harm: leaveMembers, act: 'left' },
] as const;

describe('harm to members of a group', () => {
  it.each(HARM)('$harm.name bites, is undone, and the group catches up', async ({ harm, act }) => {
    const run = await runInline({ scenario: groupHarmed(harm(members('c1'))) });
    expect(notPassed(run)).toEqual([]);
    expect(run.result.exit).toBe(0);
    expect(actsOf(run, 'c1')).toContain(act);
    expect(countOf(run, 'consumed')).toBe(countOf(run, 'acknowledged'));
  });

  it.each(HARM)('$harm.name is inconclusive when it does nothing', async ({ harm }) => {
    const run = await runInline({
      scenario: groupHarmed(harm(members('one'))),
      recompose: deafMembers,
    });
    expect(run.result.exit).toBe(2);
    expect(outcomes(run)['faults-bit-and-healed']).toBe('inconclusive');
  });

  it('is told as delivered again where another member goes on from the last commit', async () => {
    const run = await runInline({ scenario: groupHarmed(crashMembers(members('c1'))) });
    expect(countOf(run, 'consumed-again')).toBeGreaterThan(0);
    expect(
      run.record.ledger.deliveries.flatMap(({ fates }) => fates['consumed-out-of-order']),
    ).toEqual([]);
  });

  it('stops everybody where all have to give up everything', async () => {
    const run = await runInline({ scenario: groupHarmed(leaveMembers(members('c1'))) });
    // Once when it leaves and once when it is back.
    expect(disturbed(run, 'c1')).toEqual(['c0', 'c0', 'c2', 'c2']);
  });

  it('stops nobody when a static member is back within its session', async () => {
    const harm = { group: { static: true }, hold: seconds(2) };
    const run = await runInline({ scenario: groupHarmed(leaveMembers(members('c1')), harm) });
    expect(notPassed(run)).toEqual([]);
    expect(disturbed(run, 'c1')).toEqual([]);
  });

  it('takes from the others only what moves where they share cooperatively', async () => {
    const harm = { group: { assignor: 'cooperative-sticky' } };
    const run = await runInline({ scenario: groupHarmed(leaveMembers(members('c1')), harm) });
    expect(notPassed(run)).toEqual([]);
    // Nobody gives anything up when it leaves; each gives up one when it is back.
    expect(disturbed(run, 'c1')).toEqual(['c0', 'c2']);
  });
});
