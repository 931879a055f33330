import { buffer } from 'node:stream/consumers';
import { extract, pack } from 'tar-stream';

/** Files as the tar archives in which engines take and give them. */

/** An archive of these files by relative path; for their owner alone, as they may hold secrets. */
export async function archiveOf(
  files: Readonly<Record<string, string | Uint8Array>>,
  mode = 0o600,
): Promise<Buffer> {
  const archive = pack();
  for (const [name, content] of Object.entries(files)) {
    archive.entry({ name, mode }, Buffer.from(content as string));
  }
  archive.finalize();
  return buffer(archive);
}

/** The one file of an archive; null when what it holds is not a file. */
export async function fileIn(archive: NodeJS.ReadableStream): Promise<Uint8Array | null> {
  const files = extract();
  archive.pipe(files as unknown as NodeJS.WritableStream);
  let found: Uint8Array | null = null;
  for await (const entry of files) {
    if (entry.header.type === 'file') found ??= await buffer(entry);
    else entry.resume();
  }
  return found;
}
