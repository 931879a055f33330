import { fstatSync, ftruncateSync, writeSync } from 'node:fs';

/**
 * Appends all of the text or nothing, and throws what kept it from that: a write that fails
 * half-way is taken back where the disk allows it. `flush` runs when everything is written, and
 * failing there counts like a write that failed.
 */
export function appendWhole(
  fd: number,
  text: string,
  flush: (fd: number) => void = () => {},
): void {
  const bytes = Buffer.from(text);
  const { size } = fstatSync(fd);
  try {
    for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done);
    flush(fd);
  } catch (thrown) {
    takeBack(fd, size);
    throw thrown;
  }
}

function takeBack(fd: number, size: number): void {
  try {
    ftruncateSync(fd, size);
  } catch {
    // The half line stays, and readers stop at it; the failed write itself is told.
  }
}
