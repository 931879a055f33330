import type { FaultKind } from '../fault.ts';
import { healedByStart, untilGone, victimsOf } from './kill.ts';

/**
 * crash: the process dies by SIGKILL, and whatever supervises it brings it back at once. Where
 * nothing supervises it, the heal starts it. That is all that sets it apart from `down`, which
 * stays away for the hold.
 */
export const crash: FaultKind = {
  name: 'crash',
  needs: () => ['process.kill', 'process.start'],
  problems: (params) =>
    Object.keys(params).map((key) => `fault crash: unknown parameter "${key}" (it has none)`),
  engage: async (input) => {
    const victims = await victimsOf(input.targets, input.signal);
    await Promise.all(victims.map(({ process }) => process.crash?.() ?? process.kill('SIGKILL')));
    const supervised = victims.every(({ process }) => process.crash !== undefined);
    return {
      mechanism: `SIGKILL to ${victims.map(({ node, incarnation }) => `${node.id} (${incarnation})`).join(', ')}; ${
        supervised ? 'its supervisor restarts it' : 'nothing supervises it here'
      }`,
      confirm: async (signal) => {
        await untilGone(victims, input.clock, signal);
        return {
          took: true,
          seen: `that life is over: ${victims.map(({ node, incarnation }) => `${node.id} (${incarnation})`).join(', ')}`,
        };
      },
      ...healedByStart(victims, input),
    };
  },
};
