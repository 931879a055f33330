import type { JvmStart } from '../node.ts';

/** The command line of a node's JVM in a container. Pure; the system's flags come last and win. */
export const jvmCommand = (
  classPath: readonly string[],
  { main, args, flags }: Pick<JvmStart, 'main' | 'args' | 'flags'>,
): string[] => [
  'java',
  '-Dfile.encoding=UTF-8',
  // A name may come to mean another address when a sandbox is made anew.
  '-Dnetworkaddress.cache.ttl=5',
  ...flags,
  '-cp',
  classPath.join(':'),
  main,
  ...args,
];

/** How a container ended, in words. */
export function showEnd(
  { OOMKilled, ExitCode, Error: said }: { OOMKilled: boolean; ExitCode: number; Error: string },
  memory: string,
): string {
  if (OOMKilled) return `out of memory: killed by the kernel at its limit of ${memory}`;
  // Above 128 a shell's way to tell a signal. 143 is also what a JVM exits with after SIGTERM.
  const signal = SIGNALS[ExitCode];
  if (signal !== undefined) return `signal ${signal}`;
  return said === '' ? `exit code ${ExitCode}` : `exit code ${ExitCode}: ${said}`;
}

const SIGNALS: Readonly<Record<number, string>> = {
  134: 'SIGABRT',
  135: 'SIGBUS',
  137: 'SIGKILL',
  139: 'SIGSEGV',
};
