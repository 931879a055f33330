import { openSession } from '../../../src/clients/zookeeper/session.ts';
import type { Endpoint } from '../../../src/environments/endpoint.ts';

/** ZooDefs.OpCode.create, and all that may be done by anybody. */
const CREATE = 1;
const ALL = 31;

/** Creates nodes with some text each through one server, one transaction each. */
export async function writeNodes(
  at: Endpoint,
  paths: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  await using session = await openSession(at, signal);
  for (const path of paths) {
    await session.call(CREATE, (request) =>
      request
        .string(path)
        .buffer(Buffer.from(`text of ${path}`))
        .int(1)
        .int(ALL)
        .string('world')
        .string('anyone')
        .int(0),
    );
  }
}
