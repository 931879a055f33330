import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import type { Container } from './engine.ts';

/**
 * Writes what one life of a container says to the end of a file. Begun before the container is
 * started, so that its first line is there too; `ended` resolves when it has said its last.
 */
export async function followLog(
  container: Container,
  file: string,
): Promise<{ readonly ended: Promise<void> }> {
  const stream = await container.attach({ stream: true, stdout: true, stderr: true });
  const sink = createWriteStream(file, { flags: 'a' });
  container.modem.demuxStream(stream, sink, sink);
  const ended = (): void => void sink.end();
  stream.once('end', ended).once('close', ended).once('error', ended);
  const written = finished(sink).catch(() => {
    // A disk that is full is told by the record, which lies on the same one.
  });
  return { ended: written };
}
