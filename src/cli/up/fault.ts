import { EXIT, type ExitCode } from '../../core/errors.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import { seconds } from '../../core/time.ts';
import { foldersOf } from '../../leases/folders.ts';
import type { FaultStep } from '../../record/plan.ts';
import { listenToSignals } from '../signals.ts';
import { askConductor } from './control.ts';
import { systemToAsk } from './state.ts';
import { paramsOf, spanOf, targetsOf } from './words.ts';

/** Flags of `highwater fault` as commander gives them. */
export interface FaultFlags {
  readonly hold: string;
  readonly other?: readonly string[];
  readonly param?: readonly string[];
  readonly on?: string;
}

/**
 * `highwater fault`: does one fault to a system that is up: engaged, confirmed, held, healed and
 * confirmed, as a run does it. Ctrl-C heals at once.
 */
export async function faultCommand(
  fault: string,
  targets: readonly string[],
  flags: FaultFlags,
): Promise<ExitCode> {
  const step = stepOf(fault, targets, flags);
  const { socket } = systemToAsk(foldersOf(process.env), flags.on);
  const signals = listenToSignals((line) => process.stderr.write(`${line}\n`), {
    interrupted: 'healing it now, in the background',
    terminated: 'healing it now, in the background',
  });
  try {
    const request = { do: 'fault', step: step as unknown as Json };
    const { took } = await askConductor(socket, request, {
      tell: (line) => process.stdout.write(`${line}\n`),
      signal: signals.interrupt,
    });
    process.stdout.write(took === true ? 'took and was healed\n' : 'NOT SHOWN: see above\n');
    return took === true ? EXIT.holds : EXIT.inconclusive;
  } finally {
    signals.stop();
  }
}

/** What was asked for as a step of a timeline that begins now; the conductor gives it its id. */
export function stepOf(
  fault: string,
  targets: readonly string[],
  flags: FaultFlags,
): Omit<FaultStep, 'id'> {
  const params: JsonObject = paramsOf(flags.param ?? []);
  return {
    kind: 'fault',
    atMs: 0,
    after: null,
    withinMs: seconds(10),
    fault,
    target: targetsOf(targets),
    other: flags.other === undefined ? null : targetsOf(flags.other),
    params,
    holdMs: spanOf(flags.hold, '--hold'),
  };
}
