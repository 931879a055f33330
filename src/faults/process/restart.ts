import type { Clock } from '../../core/clock.ts';
import type { Sut } from '../../systems/system.ts';
import type { Effect, FaultKind } from '../fault.ts';
import { healedByStart, startAgain, untilGone, type Victim, victimsOf } from './kill.ts';
import { showVictim, untilLeft } from './stop.ts';

/**
 * restart: the process ends and is started again at once, by SIGTERM, or by SIGKILL when it is to
 * be `hard`. Nobody keeps it away: the hold only says how long the step lasts at least. What sets
 * it apart from `stop` and `crash` is the new life that comes while the session of the old one may
 * still be alive; Kafka turns such a broker away until then (DUPLICATE_BROKER_REGISTRATION).
 */
export const restart: FaultKind = {
  name: 'restart',
  needs: (params) => [
    params['hard'] === true ? 'process.kill' : 'process.terminate',
    'process.start',
  ],
  problems: (params) => {
    const hard = params['hard'];
    return [
      ...Object.keys(params)
        .filter((key) => key !== 'hard')
        .map((key) => `fault restart: unknown parameter "${key}" (known: hard)`),
      ...(hard === undefined || typeof hard === 'boolean'
        ? []
        : ['fault restart: hard must be true or false']),
    ];
  },
  engage: async (input) => {
    const how = input.params['hard'] === true ? 'SIGKILL' : 'SIGTERM';
    const victims = await victimsOf(input.targets, input.signal);
    await Promise.all(victims.map(({ process }) => process.kill(how)));
    // Begun here, so that the node is back as soon as can be; what comes of it is told by confirm.
    const back = comeBack(victims, input, input.signal);
    back.catch(() => {});
    const undo = healedByStart(victims, input);
    return {
      mechanism: `${how} to ${victims.map(showVictim).join(', ')}, and started again`,
      confirm: () => back,
      heal: async (signal) => {
        await back.catch(() => {}); // The undo below is owed all the same.
        await undo.heal(signal);
      },
      confirmHeal: undo.confirmHeal,
    };
  },
};

/** Starts each victim when its life is over, and looks that another one runs. */
async function comeBack(
  victims: readonly Victim[],
  input: {
    readonly sut: Sut;
    readonly clock: Clock;
    readonly params: Readonly<Record<string, unknown>>;
  },
  signal: AbortSignal,
): Promise<Effect> {
  if (input.params['hard'] === true) await untilGone(victims, input.clock, signal);
  else await untilLeft(victims, input.clock, signal);
  const waits = await startAgain(victims, input, signal);
  const seen: string[] = [];
  for (const { node, incarnation } of victims) {
    const now = await node.look(signal);
    if (now.incarnation === null) {
      return { took: false, seen: `${node.id} is ${now.state} after its start` };
    }
    seen.push(`${node.id} was ${incarnation} and is ${now.incarnation}`);
  }
  return { took: true, seen: [...seen, ...waits].join('; ') };
}
