import { join } from 'node:path';
import { realClock } from '../../../src/core/clock.ts';
import { openScope, type Scope } from '../../../src/core/scope.ts';
import { mebibytes } from '../../../src/core/units.ts';
import type {
  AddressBook,
  Environment,
  RunContext,
} from '../../../src/environments/environment.ts';
import type { Node, NodeSpec, RoleSpec } from '../../../src/environments/node.ts';
import { openLeaseBook } from '../../../src/leases/open-lease-book.ts';

/**
 * The smallest software that can play a node on this machine: a script interpreter for the JVM, and
 * a script that tells who it is by the name of a thread, writes to its volume, listens, and idles.
 */
const INTERPRETER = 'org.apache-extras.beanshell:bsh:2.0b6';

/** A role of idle nodes: one port from two vantages, one volume. */
export const idleRole = (count: number, limited = false): RoleSpec => ({
  role: 'idle',
  count,
  countMax: count + 1,
  ports: [{ name: 'main', from: ['peer', 'check'] }],
  volumes: ['data'],
  ...(limited ? { volumeLimits: { data: mebibytes(4) } } : {}),
  memory: mebibytes(64),
});

/** The name of the thread by which an idle node is known. */
export const identityName = (run: string, id: string): string => `identity-${run}-${id}`;

/** The spec of an idle node; `script` may be replaced by one that fails. */
export function idleNode(id: string, book: AddressBook, run: string, script?: string): NodeSpec {
  const { host, port } = book.at(id, 'main', 'peer');
  const idle = `
    Thread.currentThread().setName("${identityName(run, id)}");
    log = new java.io.FileWriter("${book.volume(id, 'data')}/starts", true);
    log.append("x");
    log.close();
    print("${id} starts");
    server = new java.net.ServerSocket(${port}, 5, java.net.InetAddress.getByName("${host}"));
    while (true) { server.accept().close(); }
  `;
  return {
    id,
    role: 'idle',
    software: { name: 'idle', version: '1' },
    start: {
      jvm: {
        jars: [INTERPRETER],
        main: 'bsh.Interpreter',
        flags: ['-Xmx64m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'],
        args: [join(book.filesOf(id), 'idle.bsh')],
        prepare: [],
      },
    },
    files: { 'idle.bsh': script ?? idle },
  };
}

/** A run as the conductor would make it. */
export interface TestRun extends AsyncDisposable {
  readonly context: RunContext;
  readonly scope: Scope;
  /** What was told in progress lines. */
  readonly told: string[];
  book: AddressBook;
}

/** Opens a run with its directory below `folder`; its leases are entered in `live`. */
export function openTestRun(run: string, folder: string, live: string): Omit<TestRun, 'book'> {
  const scope = openScope('run', realClock());
  const directory = join(folder, run);
  const leases = openLeaseBook(join(directory, 'leases.ndjson'), { run, live });
  const told: string[] = [];
  return {
    context: {
      run,
      directory,
      scope,
      leases,
      signal: scope.signal,
      progress: (doing) => told.push(doing),
    },
    scope,
    told,
    [Symbol.asyncDispose]: async () => {
      await scope.close();
    },
  };
}

/** Reserves for and launches `count` idle nodes. */
export async function launchIdle(
  environment: Environment,
  run: Pick<TestRun, 'context'>,
  wanted: number | { readonly count: number; readonly limited: boolean },
): Promise<{ readonly book: AddressBook; readonly nodes: readonly Node[] }> {
  const { context } = run;
  const { count, limited } =
    typeof wanted === 'number' ? { count: wanted, limited: false } : wanted;
  const book = await environment.reserve([idleRole(count, limited)], context);
  const ids = book.nodesOf('idle').slice(0, count);
  const specs = ids.map((id) => idleNode(id, book, context.run));
  return { book, nodes: await environment.launch(specs, book, context) };
}

/** A thread dump of a node; empty when none is on offer. */
export const dumpOf = async (node: Node): Promise<string> =>
  (await node.control('threads')?.dump(new AbortController().signal)) ?? '';
