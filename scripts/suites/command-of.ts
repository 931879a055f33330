import type { Asked } from '../flags/suites.ts';

/** The command of one run of one scenario; nothing else in its file may match. */
export const commandOf = (
  asked: Pick<Asked, 'env' | 'profile' | 'out' | 'set'>,
  { suite, name }: { readonly suite: string; readonly name: string },
): readonly string[] => [
  ...['run', suite, '--grep', `^${name.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')}$`],
  ...['--env', asked.env, '--profile', asked.profile, '--out', asked.out],
  ...(asked.set.length > 0 ? ['--set', ...asked.set] : []),
];
