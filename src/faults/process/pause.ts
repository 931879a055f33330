import { HighwaterError } from '../../core/errors.ts';
import { ms, seconds } from '../../core/time.ts';
import { waitFor } from '../../core/wait-for.ts';
import type { FaultKind } from '../fault.ts';
import { type Victim, victimsOf } from './kill.ts';
import { showVictim } from './stop.ts';

/**
 * pause: the process is stopped (SIGSTOP) and goes on at the heal (SIGCONT). Its kernel still takes
 * connections and holds what arrives, so nobody is refused: everybody waits. That is what a long
 * garbage collection, a frozen virtual machine or a stuck disk looks like, and when it is over the
 * node goes on in the belief that no time has passed: a leader that was replaced meanwhile must not
 * acknowledge what it finds in its sockets.
 */
export const pause: FaultKind = {
  name: 'pause',
  needs: () => ['process.pause'],
  problems: (params) =>
    Object.keys(params).map((key) => `fault pause: unknown parameter "${key}" (it has none)`),
  engage: async (input) => {
    const { sut, clock } = input;
    const victims = await victimsOf(input.targets, input.signal);
    const without = victims.find(({ process }) => process.pause === undefined);
    if (without !== undefined) {
      throw new HighwaterError('FAULT_FAILED', `cannot pause ${without.node.id} here`);
    }
    const resume = async (): Promise<void> => {
      await Promise.all(victims.map(async ({ process }) => process.resume?.()));
    };
    try {
      await Promise.all(victims.map(async ({ process }) => process.pause?.()));
    } catch (thrown) {
      await resume();
      throw thrown;
    }
    return {
      mechanism: `SIGSTOP to ${victims.map(showVictim).join(', ')}`,
      confirm: async (signal) => {
        for (const { node } of victims) {
          const probe = {
            what: `${node.id} stopped`,
            look: (inner: AbortSignal) => node.look(inner),
            show: ({ state }: { readonly state: string }) => state,
          };
          const wait = { clock, signal, within: seconds(5), every: ms(10) };
          const until = ({ state }: { readonly state: string }) => state === 'paused';
          await waitFor(probe, { ...wait, until, code: 'FAULT_INEFFECTIVE' });
          if (await sut.answers(node.id, signal)) {
            return {
              took: false,
              seen: `${node.id} is stopped, and still somebody answers for it`,
            };
          }
        }
        const names = victims.map(({ node }) => node.id).join(', ');
        return { took: true, seen: `stopped, and no answer at its address: ${names}` };
      },
      heal: resume,
      confirmHeal: async (signal) => {
        const seen: string[] = [];
        for (const victim of victims) seen.push(await seenAwake(victim, input, signal));
        return { took: true, seen: seen.join('; ') };
      },
    };
  },
};

/** The same life goes on, and the node answers for its identity again. */
async function seenAwake(
  { node, incarnation }: Victim,
  { sut, clock }: Pick<Parameters<FaultKind['engage']>[0], 'sut' | 'clock'>,
  signal: AbortSignal,
): Promise<string> {
  await waitFor(
    {
      what: `${node.id} awake as ${incarnation}`,
      look: async (inner) => ({
        ...(await node.look(inner)),
        answers: await sut.answers(node.id, inner),
      }),
      show: (now) =>
        `${now.state} as ${now.incarnation}, ${now.answers ? 'answers' : 'does not answer'}`,
    },
    {
      clock,
      signal,
      within: seconds(60),
      every: ms(100),
      code: 'FAULT_INEFFECTIVE',
      until: (now) => now.state === 'up' && now.incarnation === incarnation && now.answers,
    },
  );
  return `${node.id} goes on as ${incarnation} and answers`;
}
