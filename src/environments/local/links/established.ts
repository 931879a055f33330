import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import type { Endpoint } from '../../endpoint.ts';

/** One end of an established connection, as the kernel lists it. */
export interface Established {
  readonly local: Endpoint;
  readonly remote: Endpoint;
  readonly inode: string;
}

/** All established IPv4 connections here, those of dual-stack sockets too. Linux only. */
export const established = (): readonly Established[] => [
  ...parseEstablished(readFileSync('/proc/self/net/tcp', 'utf8')),
  ...parseEstablished(readFileSync('/proc/self/net/tcp6', 'utf8')),
];

/** State 01 in /proc/net/tcp; see proc_net_tcp(5). */
const ESTABLISHED = '01';

/** Reads the text of /proc/net/tcp or tcp6; an address that is no IPv4 address is left out. */
export function parseEstablished(text: string): readonly Established[] {
  return text.split('\n').flatMap((line) => {
    const [, local = '', remote = '', state, , , , , , inode = ''] = line.trim().split(/\s+/);
    if (state !== ESTABLISHED) return [];
    const ends = [endpointOf(local), endpointOf(remote)] as const;
    return ends[0] === null || ends[1] === null ? [] : [{ local: ends[0], remote: ends[1], inode }];
  });
}

/** What an IPv4 address looks like in tcp6: 96 bits before it, each 32 in the host's byte order. */
const MAPPED = '0000000000000000FFFF0000';

function endpointOf(written: string): Endpoint | null {
  const [address = '', port = ''] = written.split(':');
  const hex = address.startsWith(MAPPED) ? address.slice(MAPPED.length) : address;
  if (hex.length !== 8) return null;
  const bytes = hex.match(/../g) ?? [];
  const host = bytes.toReversed().map((byte) => Number.parseInt(byte, 16));
  return { host: host.join('.'), port: Number.parseInt(port, 16) };
}

/** Inodes of the sockets that a process has open; null when they are not ours to see. */
export function socketsOf(pid: number): ReadonlySet<string> | null {
  try {
    const folder = `/proc/${pid}/fd`;
    const sockets = readdirSync(folder).flatMap((fd) => {
      try {
        return /^socket:\[(\d+)\]$/.exec(readlinkSync(`${folder}/${fd}`))?.[1] ?? [];
      } catch {
        return []; // Closed while it was looked at.
      }
    });
    return new Set(sockets);
  } catch {
    return null;
  }
}
