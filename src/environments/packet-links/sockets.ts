import type { Endpoint } from '../endpoint.ts';

/** One established connection as a namespace's `ss -tinOH` tells it. */
export interface SocketLine {
  readonly local: Endpoint;
  readonly remote: Endpoint;
  /**
   * Not acknowledged, behind a segment that was sent again and was not acknowledged either. What is
   * only under way, as on every busy connection, is not held.
   */
  readonly heldBytes: number;
  readonly ackedBytes: number;
  readonly receivedBytes: number;
}

/** The command; its output is for `readSockets`. */
export const LIST_SOCKETS = 'ss -tinOH state established';

/** Reads the connections. With one state asked for, ss leaves the state's column out. Pure. */
export function readSockets(text: string): readonly SocketLine[] {
  return text.split('\n').flatMap((line) => {
    const columns = /^\s*(?:ESTAB\s+)?\d+\s+(\d+)\s+(\S+):(\d+)\s+(\S+):(\d+)\s*(.*)$/.exec(line);
    if (columns === null) return [];
    const [, queue, from, fromPort, to, toPort, rest = ''] = columns;
    return [
      {
        local: { host: plain(from ?? ''), port: Number(fromPort) },
        remote: { host: plain(to ?? ''), port: Number(toPort) },
        heldBytes: /\bretrans:[1-9]/.test(rest) ? Number(queue) : 0,
        ackedBytes: countOf('bytes_acked', rest),
        receivedBytes: countOf('bytes_received', rest),
      },
    ];
  });
}

/** JVMs listen on sockets of both families: an address of the older one is written inside. */
const plain = (host: string): string => host.replace(/^\[(.*)\]$/, '$1').replace(/^::ffff:/, '');

const countOf = (name: string, text: string): number =>
  Number(new RegExp(`\\b${name}:(\\d+)`).exec(text)?.[1] ?? 0);
