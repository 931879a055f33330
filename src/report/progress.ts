import type { Progress } from '../core/progress.ts';
import { paintWith, wantsColour } from './colours.ts';
import { plainProgress } from './progress-plain.ts';
import { type ProgressStream, realBeat, type ShownProgress } from './progress-state.ts';
import { terminalProgress } from './progress-terminal.ts';

/** Progress for a stream: drawn in place on a terminal, plain lines anywhere else and in CI. */
export function progressFor(
  stream: ProgressStream,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Progress & ShownProgress {
  const live = stream.isTTY === true && env['TERM'] !== 'dumb' && !env['CI'];
  return live
    ? terminalProgress({ stream, beat: realBeat, paint: paintWith(wantsColour(stream, env)) })
    : plainProgress(stream, realBeat);
}
