import { probeNamespaces } from './namespaces.ts';

// $0 is who must still be the parent: it may have died before setpriv had asked for the signal.
const IF_NOT_ORPHANED = '[ "$PPID" = "$0" ] && exec "$@"';

/**
 * The command line of a helper (jcmd) that the kernel kills when this process dies. It looks at
 * nodes from outside of their namespace, hence it cannot be held by the anchor. Where there is no
 * setpriv it is the bare command, which ends by itself after some seconds.
 */
export const tiedToUs = (argv: readonly string[]): readonly string[] =>
  probeNamespaces().setpriv
    ? ['setpriv', '--pdeathsig', 'KILL', 'sh', '-c', IF_NOT_ORPHANED, String(process.pid), ...argv]
    : argv;
