import type { JvmStart } from '../node.ts';

/** The command line of a node's JVM in an image. Pure; the system's flags come last and win. */
export const jvmCommand = (
  classPath: readonly string[],
  { main, args, flags }: Pick<JvmStart, 'main' | 'args' | 'flags'>,
): string[] => [
  'java',
  '-Dfile.encoding=UTF-8',
  // A name may come to mean another address while it runs, and for a moment none.
  '-Dsun.net.inetaddr.ttl=1',
  '-Dsun.net.inetaddr.negative.ttl=0',
  ...flags,
  '-cp',
  classPath.join(':'),
  main,
  ...args,
];
