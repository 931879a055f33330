import type { RunContext } from '../../src/environments/environment.ts';
import type { NodeSpec, RoleSpec } from '../../src/environments/node.ts';
import type { AddressBook } from '../../src/environments/environment.ts';
import { mebibytes } from '../../src/core/units.ts';
import { openScope, type Scope } from '../../src/core/scope.ts';
import { realClock } from '../../src/core/clock.ts';
import { openLeaseBook } from '../../src/leases/open-lease-book.ts';
import { join } from 'node:path';

/** A tiny piece of software for tests of the local environment: a script interpreter for the JVM. */
export const INTERPRETER = ['org.apache-extras.beanshell:bsh:2.0b6'];

/** A role of idle nodes with one port and one volume. */
export const idleRole = (count: number): RoleSpec => ({
  role: 'idle',
  count,
  countMax: count + 1,
  ports: [{ name: 'main', from: ['peer', 'check'] }],
  volumes: ['data'],
  memory: mebibytes(64),
});

/**
 * A node that names a thread after its run and itself, writes to its volume, listens on its own
 * address, and idles. On SIGTERM it ends with a line in its log.
 */
export function idleNode(id: string, book: AddressBook, run: string): NodeSpec {
  const { host, port } = book.at(id, 'main', 'peer');
  return {
    id,
    role: 'idle',
    software: { name: 'idle', version: '1' },
    start: {
      jvm: {
        jars: INTERPRETER,
        main: 'bsh.Interpreter',
        flags: ['-Xmx64m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'],
        args: [join(book.filesOf(id), 'idle.bsh')],
        prepare: [],
      },
    },
    files: {
      'idle.bsh': `
        Thread.currentThread().setName("identity-${run}-${id}");
        new java.io.FileWriter("${book.volume(id, 'data')}/starts", true).append("x").close();
        server = new java.net.ServerSocket(${port}, 5, java.net.InetAddress.getByName("${host}"));
        print("${id} listens");
        while (true) { Thread.sleep(1000); }
      `,
    },
  };
}

/** A run as the conductor would make it, in a directory of its own. */
export interface TestRun {
  readonly context: RunContext;
  readonly scope: Scope;
}

/** Opens a run below `folder`; its leases are entered in `live`. */
export function openTestRun(run: string, folder: string, live: string): TestRun {
  const scope = openScope('run', realClock());
  const directory = join(folder, run);
  const leases = openLeaseBook(join(directory, 'leases.ndjson'), { run, live });
  const context: RunContext = {
    run,
    directory,
    scope,
    leases,
    signal: scope.signal,
    progress: () => {},
  };
  return { context, scope };
}
