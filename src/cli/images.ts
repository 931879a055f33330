import { EXIT, type ExitCode } from '../core/errors.ts';
import { buildImages, loadImagesFrom, saveImagesTo, wantedImages } from '../registry/images.ts';
import { listenToSignals } from './signals.ts';

/** `highwater images build`: images of the systems for machines without a registry. */
export async function imagesBuildCommand(
  words: readonly string[],
  flags: { readonly base: string },
): Promise<ExitCode> {
  const wanted = wantedImages(words);
  const tell = (line: string): void => void process.stderr.write(`${line}\n`);
  const { signal, interrupt, stop } = listenToSignals(tell);
  try {
    const either = AbortSignal.any([signal, interrupt]);
    const tags = await buildImages(wanted, flags.base, { signal: either, progress: tell });
    for (const tag of tags) process.stdout.write(`${tag}\n`);
  } finally {
    stop();
  }
  return EXIT.holds;
}

/** `highwater images save`. */
export async function imagesSaveCommand(
  file: string,
  references: readonly string[],
): Promise<ExitCode> {
  await saveImagesTo(file, references);
  return EXIT.holds;
}

/** `highwater images load`. */
export async function imagesLoadCommand(file: string): Promise<ExitCode> {
  await loadImagesFrom(file);
  return EXIT.holds;
}
