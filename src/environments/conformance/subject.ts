import type { Clock } from '../../core/clock.ts';
import { mebibytes } from '../../core/units.ts';
import type { Endpoint } from '../endpoint.ts';
import type { AddressBook, Environment } from '../environment.ts';
import type { NodeSpec, RoleSpec } from '../node.ts';

/**
 * An environment that is held against its port, and the smallest software that can be asked there:
 * an echo that says who it is. It understands a line and answers with one:
 *
 *   who             <node id> <edition> life <n> answer <m>
 *   dial HOST PORT  what the one there answers to who, or: silent, refused
 *   hold HOST PORT  the same, on a connection that it keeps
 *   held            the same again on that connection
 *   write           adds a few KiB to a file in its volume: written, or: failed
 */
export interface Subject {
  /** Made anew for each check, which disposes it. */
  environment(): Environment;
  /** A folder for run directories. */
  readonly folder: string;
  /** Where leases are entered for a sweep. */
  readonly live: string;
  spec(of: EchoOf): NodeSpec;
  /** Says a line there on a fresh connection, and waits so long for the answer. */
  say(line: string, at: Endpoint, clock: Clock): Promise<Answer>;
  /** What a thread dump of that very node holds, and of no other. */
  nameInDump(node: string, run: string): string;
}

/** Which echo is meant. */
export interface EchoOf {
  readonly id: string;
  readonly book: AddressBook;
  readonly run: string;
  /** Told by `who`, so that one that was replaced is known from what it was before. */
  readonly edition: string;
}

/** What came of saying something: a text, nothing, or nobody there. */
export type Answer =
  | { readonly kind: 'answered'; readonly text: string }
  | { readonly kind: 'silent' }
  | { readonly kind: 'refused' };

/** The role of echoes: one port from all vantages, one volume. */
export const echoRole = (count: number, limited: boolean): RoleSpec => ({
  role: 'echo',
  count,
  countMax: count + 1,
  ports: [{ name: 'main', from: ['peer', 'load', 'check'] }],
  volumes: ['data'],
  ...(limited ? { volumeLimits: { data: mebibytes(4) } } : {}),
  memory: mebibytes(160),
});
