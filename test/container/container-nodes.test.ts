import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openScope } from '../../src/core/scope.ts';
import { mebibytes } from '../../src/core/units.ts';
import { Ground } from '../../src/environments/conformance/ground.ts';
import { echoRole } from '../../src/environments/conformance/subject.ts';
import { findEngine } from '../../src/environments/container/engine.ts';
import { execOk } from '../../src/environments/container/exec.ts';
import { nameOf } from '../../src/environments/container/layout.ts';
import type { RunContext } from '../../src/environments/environment.ts';
import { CUT_LASTS, cutText } from '../../src/environments/packet-links/packet-filter.ts';
import { openLeaseBook } from '../../src/leases/open-lease-book.ts';
import { until } from '../integration/support/local-machine.ts';
import { echoesIn } from './support/echo-subject.ts';
import { provideEchoImage } from './support/engine.ts';

/** What is particular to nodes in containers. */
const folder = mkdtempSync(join(tmpdir(), 'highwater-container-nodes-'));
const subject = echoesIn(folder);
beforeAll(() => provideEchoImage());
afterAll(() => rmSync(folder, { recursive: true }));

describe('a node in a container', () => {
  it('that takes more memory than it may have is known to have been ended for that', async () => {
    await using environment = subject.environment();
    await using scope = openScope('run', environment.clock);
    const run = `memory-${process.pid}`;
    const directory = join(folder, run);
    const context: RunContext = {
      run,
      directory,
      scope,
      leases: openLeaseBook(join(directory, 'leases.ndjson'), { run, live: subject.live }),
      signal: scope.signal,
      progress: () => {},
    };
    const role = { ...echoRole(1, false), memory: mebibytes(48) };
    const book = await environment.reserve([role], context);
    const spec = subject.spec({ id: 'echo-1', book, run, edition: 'first' });
    const { jvm } = spec.start;
    if (jvm === undefined) throw new Error('an echo without a JVM');
    // Touches all of its heap at once, which is more than the container has.
    const flags = ['-Xms256m', '-Xmx256m', '-XX:+AlwaysPreTouch'];
    const greedy = { ...spec, start: { ...spec.start, jvm: { ...jvm, flags } } };
    const ended = async (): Promise<string> => {
      try {
        const [node] = await environment.launch([greedy], book, context);
        await until(
          'the node is down',
          async () => (await node?.look(scope.signal))?.state,
          (state) => state === 'down',
        );
        return (await node?.look(scope.signal))?.ended ?? '';
      } catch (thrown) {
        return String(thrown); // It died at once.
      }
    };
    expect(await ended()).toMatch(/out of memory: killed by the kernel at its limit of 48 MiB/);
  });

  it('has its links mended by the kernel when nobody renews a cut', async () => {
    await using environment = subject.environment();
    const run = `renewed-${process.pid}`;
    const wanted = { nodes: 2, links: ['peer'] } as const;
    const ground = await Ground.reserve(subject, { environment, run, wanted });
    try {
      await ground.launch(0, 2);
      const { docker } = await findEngine();
      const sandbox = (node: string) => docker.getContainer(nameOf(run, node, 'sandbox'));
      const { NetworkSettings } = await sandbox('echo-1').inspect();
      const address = NetworkSettings.Networks[nameOf(run)]?.IPAddress ?? '';
      // As a harness does that dies a moment later.
      const cut = cutText([{ set: 'from_peer', address }]);
      await execOk(sandbox('echo-2'), ['nft', '-f', '-'], cut);
      expect(await ground.dial('echo-1', 'echo-2')).toBe('silent');
      const from = performance.now();
      await until(
        'the link is mended',
        () => ground.dial('echo-1', 'echo-2'),
        (said) => said.startsWith('echo-2 '),
      );
      // Not because it was never cut.
      expect(performance.now() - from).toBeGreaterThan(CUT_LASTS / 2);
      await ground.close();
    } finally {
      await ground.scope.close();
    }
  });
});
