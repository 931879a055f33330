import assert from 'node:assert/strict';
import { showEndpoint } from '../endpoint.ts';
import type { ConformanceCheck } from './check.ts';
import { told } from './ground.ts';

/** What is promised of addresses, of a launch, and of the end of a run. */
export const RUN_CHECKS: readonly ConformanceCheck[] = [
  {
    promise: 'every node has an address for every vantage, also those that are yet to come',
    needs: [],
    wanted: { nodes: 2, launch: false },
    look: async ({ book }) => {
      const nodes = book.nodesOf('echo');
      assert.equal(nodes.length, 3, 'as many as were reserved');
      for (const from of ['load', 'check'] as const) {
        const all = nodes.map((node) => showEndpoint(book.at(node, 'main', from)));
        assert.equal(new Set(all).size, nodes.length, `the same address twice: ${all.join(' ')}`);
      }
      const first = nodes[0] ?? '';
      assert.throws(() => book.at(first, 'nonsense', 'check'), 'a port that nobody reserved');
      assert.throws(() => book.at('echo-9', 'main', 'check'), 'a node that nobody reserved');
    },
  },
  {
    promise: 'every node is reached from every vantage, and answers as itself',
    needs: [],
    wanted: { nodes: 2 },
    look: async (ground) => {
      for (const { id } of ground.nodes) {
        assert.match(told(await ground.say('who', id, 'load')), new RegExp(`^${id} first life 1 `));
        assert.match(told(await ground.say('who', id)), new RegExp(`^${id} first life 1 `));
        for (const peer of ground.nodes.filter((other) => other.id !== id)) {
          assert.match(await ground.dial(peer.id, id), new RegExp(`^${id} first life 1 `));
        }
      }
    },
  },
  {
    promise: 'a node that was reserved is launched later, and is reached like the others',
    needs: ['node.add'],
    wanted: { nodes: 1 },
    look: async (ground) => {
      const [late] = await ground.launch(1, 2);
      assert(late !== undefined);
      assert.match(await ground.dial(ground.node(0).id, late.id), new RegExp(`^${late.id} `));
      assert.match(await ground.dial(late.id, ground.node(0).id), /^echo-1 /);
      assert.match(
        told(await ground.say('who', 'echo-1')),
        / life 1 /,
        'the others were disturbed',
      );
    },
  },
  {
    promise: 'two runs side by side have addresses of their own',
    needs: ['address.own'],
    wanted: { nodes: 1 },
    look: async (ground, { otherRun }) => {
      const other = await otherRun({ nodes: 1 });
      await other.launch(0, 1);
      assert.notDeepEqual(other.endpoint('echo-1', 'check'), ground.endpoint('echo-1', 'check'));
      await ground.untilAnswers('echo-1');
      await other.close();
      await ground.untilAnswers('echo-1');
    },
  },
  {
    promise: 'the census sees what runs, and nothing once the run is closed, however often',
    needs: [],
    wanted: { nodes: 1 },
    look: async (ground) => {
      const held = await ground.environment.census(ground.context);
      assert(
        held.some(({ kind }) => kind === 'process' || kind === 'container'),
        'a node runs and the census says nothing',
      );
      await ground.close();
      await ground.close();
      assert.notEqual((await ground.say('who', 'echo-1')).kind, 'answered');
    },
  },
  {
    promise: 'a run that is aborted in the middle of a launch leaves nothing',
    needs: [],
    wanted: { nodes: 2, launch: false },
    look: async (ground) => {
      const reason = new Error('enough');
      const launching = ground.launch(0, 2);
      setImmediate(() => ground.scope.abort(reason));
      await assert.rejects(launching);
    },
  },
  {
    promise: 'a node cannot be started any more once its run is closed',
    needs: ['process.start'],
    wanted: { nodes: 1 },
    look: async (ground) => {
      const control = ground.control(ground.node(0), 'process');
      await ground.close();
      await assert.rejects(control.start(ground.context.signal), 'it was started');
      assert.deepEqual(await ground.environment.census(ground.context), []);
    },
  },
];
