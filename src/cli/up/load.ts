import { EXIT, type ExitCode } from '../../core/errors.ts';
import { foldersOf } from '../../leases/folders.ts';
import { progressFor } from '../../report/progress.ts';
import { listenToSignals } from '../signals.ts';
import { askConductor } from './control.ts';
import { systemToAsk } from './state.ts';
import { countOf, spanOf } from './words.ts';

/** Flags of `highwater load` as commander gives them. */
export interface LoadFlags {
  readonly rate: string;
  readonly for: string;
  readonly workers: string;
  readonly on?: string;
}

/** Below this share of what was due the generator did not do what it was asked for. */
const KEPT_UP = 0.99;

/**
 * `highwater load`: sends to a system that is up, with the driver that runs send with, and tells
 * what was measured. Ctrl-C ends it.
 */
export async function loadCommand(flags: LoadFlags): Promise<ExitCode> {
  const rate = countOf(flags.rate, '--rate', false);
  const forMs = spanOf(flags.for, '--for');
  const workers = countOf(flags.workers, '--workers');
  const { socket } = systemToAsk(foldersOf(process.env), flags.on);
  const progress = progressFor(process.stderr);
  const signals = listenToSignals((line) => progress.note(line), {
    interrupted: 'ending the load, in the background',
    terminated: 'ending the load, in the background',
  });
  try {
    const request = { do: 'load', rate, forMs, workers };
    const told = await askConductor(socket, request, {
      tell: (line) => progress.status(line),
      signal: signals.interrupt,
    });
    progress.end();
    process.stdout.write(told['text'] as string);
    if (Number(told['attempted']) >= KEPT_UP * Number(told['planned'])) return EXIT.holds;
    process.stdout.write(
      'the generator did not keep up: figures are of less load than was asked\n',
    );
    return EXIT.inconclusive;
  } finally {
    signals.stop();
    progress.end();
  }
}
