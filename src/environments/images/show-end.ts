/** How a container ended, in words; `memory` is what it might have. Pure. */
export function showEnd(
  { outOfMemory, code, said }: { outOfMemory: boolean; code: number; said: string },
  memory: string,
): string {
  if (outOfMemory) return `out of memory: killed by the kernel at its limit of ${memory}`;
  // Above 128 a shell's way to tell a signal. 143 is also what a JVM exits with after SIGTERM.
  const signal = SIGNALS[code];
  if (signal !== undefined) return `signal ${signal}`;
  return said === '' ? `exit code ${code}` : `exit code ${code}: ${said}`;
}

const SIGNALS: Readonly<Record<number, string>> = {
  134: 'SIGABRT',
  135: 'SIGBUS',
  137: 'SIGKILL',
  139: 'SIGSEGV',
};
