import { HighwaterError } from '../core/errors.ts';
import type { AddressBook, Environment, Leftover, LinkClass, RunContext } from './environment.ts';
import type { Node, NodeSpec, RoleSpec } from './node.ts';

/** What an environment has of one run. */
export interface KnownRun {
  readonly book: AddressBook;
  launch(nodes: readonly NodeSpec[], run: RunContext): Promise<readonly Node[]>;
}

/** The part of an environment that finds runs again: by their book to launch, by name to count. */
export function knownRuns<R extends KnownRun>(of: {
  readonly reserve: (
    request: { readonly roles: readonly RoleSpec[]; readonly links: readonly LinkClass[] },
    run: RunContext,
  ) => Promise<R>;
  readonly census: (known: R, run: string) => Promise<readonly Leftover[]>;
}): Pick<Environment, 'reserve' | 'launch' | 'census'> {
  const runs = new Map<string, R>();
  const books = new WeakMap<AddressBook, R>();
  return {
    reserve: async (roles, run, links = []) => {
      const known = await of.reserve({ roles, links }, run);
      runs.set(run.run, known);
      books.set(known.book, known);
      return known.book;
    },
    launch: async (nodes, book, run) => {
      const known = books.get(book);
      if (known !== undefined) return known.launch(nodes, run);
      const text = 'bug in highwater: launch with a book of another environment';
      throw new HighwaterError('BUG', text);
    },
    census: async (run) => {
      const known = runs.get(run.run);
      return known === undefined ? [] : of.census(known, run.run);
    },
  };
}

/** Starts nodes side by side; when one fails the others are ended, and its error is thrown. */
export async function launchSideBySide(
  specs: readonly NodeSpec[],
  launchOne: (spec: NodeSpec) => Promise<Node>,
  { signal, progress }: RunContext,
): Promise<readonly Node[]> {
  progress(`starting ${specs.map(({ id }) => id).join(', ')}`);
  const launched = await Promise.allSettled(specs.map(launchOne));
  const nodes = launched.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  const failed = launched.find((each) => each.status === 'rejected');
  if (failed === undefined) return nodes;
  await Promise.allSettled(nodes.map(async (node) => node.control('process')?.kill('SIGKILL')));
  signal.throwIfAborted();
  throw failed.reason as Error;
}
