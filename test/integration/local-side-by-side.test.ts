import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { localEnvironment } from '../../src/environments/local/local-environment.ts';
import { foldersOf } from '../../src/leases/folders.ts';
import { dumpOf, identityName, launchIdle, openTestRun } from './support/idle-nodes.ts';
import { untilListening } from './support/local-machine.ts';

const folders = foldersOf(process.env);
const signal = new AbortController().signal;
let root = '';

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'highwater-side-'));
});
afterEach(() => rmSync(root, { recursive: true }));

const attachSockets = (): readonly string[] =>
  readdirSync('/tmp').filter((name) => name.startsWith('.java_pid'));

describe('two runs side by side', () => {
  it('share no address and no attach address: each thread dump is of the node that was asked', async () => {
    const before = attachSockets();
    const runs = ['a', 'b'].map((name) =>
      openTestRun(`side-${name}-${process.pid}`, root, folders.live),
    );
    const environments = runs.map(() => localEnvironment());
    const launched = await Promise.all(
      runs.map(async (run, index) => launchIdle(environments[index]!, run, 3)),
    );
    const all = launched.flatMap(({ nodes, book }, index) =>
      nodes.map((node) => ({ node, book, run: runs[index]!.context.run })),
    );
    for (const { node, book } of all) await untilListening(book.at(node.id, 'main', 'peer'));
    const addresses = all.map(({ node, book }) => book.at(node.id, 'main', 'peer').host);
    expect(new Set(addresses).size).toBe(6);

    // Twice, because a JVM opens its attach socket at the first time only.
    for (const _ of [1, 2]) {
      const dumps = await Promise.all(all.map(({ node }) => dumpOf(node)));
      for (const [index, { node, run }] of all.entries()) {
        const found = all.filter((each) =>
          dumps[index]?.includes(identityName(each.run, each.node.id)),
        );
        expect(found.map((each) => [each.run, each.node.id])).toEqual([[run, node.id]]);
      }
    }

    await Promise.all(runs.map(({ scope }) => scope.close()));
    for (const [index, run] of runs.entries()) {
      expect(await environments[index]!.census(run.context)).toEqual([]);
    }
    expect(attachSockets().filter((name) => !before.includes(name))).toEqual([]);
  });

  it('do not disturb one another when one of them closes', async () => {
    const environment = localEnvironment();
    const [one, other] = ['c', 'd'].map((name) =>
      openTestRun(`side-${name}-${process.pid}`, root, folders.live),
    );
    await launchIdle(environment, one!, 2);
    const { nodes } = await launchIdle(environment, other!, 2);
    await one!.scope.close();
    expect(await environment.census(one!.context)).toEqual([]);
    const states = await Promise.all(nodes.map((node) => node.look(signal)));
    expect(states.map(({ state }) => state)).toEqual(['up', 'up']);
    await other!.scope.close();
    expect(await environment.census(other!.context)).toEqual([]);
  });
});
