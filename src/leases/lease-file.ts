import type { Json, JsonObject } from '../core/json.ts';
import type { HeldLease, LeaseKind } from './lease-book.ts';
import { type ProcessIdentity, parseIdentity } from './process-identity.ts';

/**
 * The text of a lease file: one JSON object a line. The first line says whose leases they are; each
 * further line is one act on one lease. Pure; whoever reads must cope with a last line cut short.
 */
export interface LeaseHeader {
  readonly version: 1;
  readonly run: string;
  readonly owner: ProcessIdentity;
  /** Where the run keeps its own copy of the leases. */
  readonly file: string;
}

/** One act on one lease. */
export type LeaseLine =
  | {
      readonly lease: string;
      readonly act: 'intent';
      readonly kind: LeaseKind;
      readonly what: JsonObject;
    }
  | { readonly lease: string; readonly act: 'acquired'; readonly what: JsonObject }
  | { readonly lease: string; readonly act: 'released'; readonly by?: 'sweep' };

/** What a lease file says, as far as it can be read. */
export interface LeaseFile {
  readonly header: LeaseHeader;
  /** Leases not released, in the order in which they were intended. */
  readonly held: readonly HeldLease[];
  /** Lines that could not be read: the last one, when the writer died while writing. */
  readonly unreadable: number;
}

/** Writes a line of a lease file. */
export const showLeaseLine = (line: LeaseHeader | LeaseLine): string => `${JSON.stringify(line)}\n`;

function parseHeader(line: string | undefined): LeaseHeader | null {
  const data = parseObject(line ?? '');
  const owner = parseIdentity(data?.['owner']);
  const run = data?.['run'];
  const file = data?.['file'];
  if (data?.['version'] !== 1 || owner === null) return null;
  return typeof run === 'string' && typeof file === 'string'
    ? { version: 1, run, owner, file }
    : null;
}

function parseObject(line: string): JsonObject | null {
  try {
    const data = JSON.parse(line) as Json;
    return typeof data === 'object' && data !== null && !Array.isArray(data)
      ? (data as JsonObject)
      : null;
  } catch {
    return null; // The caller counts it.
  }
}

/** Reads a lease file; null when not even its first line can be read. */
export function parseLeaseFile(text: string): LeaseFile | null {
  const [first, ...rest] = text.split('\n');
  const header = parseHeader(first);
  if (header === null) return null;
  const held = new Map<string, HeldLease>();
  let unreadable = 0;
  for (const line of rest.filter((entry) => entry !== '')) {
    const entry = parseObject(line) as LeaseLine | null;
    if (entry === null) unreadable += 1;
    else applyLine(held, entry);
  }
  return { header, held: [...held.values()], unreadable };
}

function applyLine(held: Map<string, HeldLease>, line: LeaseLine): void {
  if (line.act === 'intent') {
    held.set(line.lease, { id: line.lease, kind: line.kind, state: 'intent', what: line.what });
  } else if (line.act === 'released') {
    held.delete(line.lease);
  } else if (line.act === 'acquired') {
    const before = held.get(line.lease);
    if (before === undefined) return;
    held.set(line.lease, { ...before, state: 'acquired', what: { ...before.what, ...line.what } });
  }
}
