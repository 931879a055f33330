import assert from 'node:assert/strict';
import type { ConformanceCheck } from './check.ts';
import { told } from './ground.ts';

/** What is promised of volumes. An echo keeps its diary in `meta/lives`, a mark a life. */
export const VOLUME_CHECKS: readonly ConformanceCheck[] = [
  {
    promise: 'a volume outlives a kill, and can be read while the node is down',
    needs: ['process.kill', 'process.start', 'volume.read'],
    wanted: { nodes: 1 },
    look: async (ground) => {
      const node = ground.node(0);
      const volumes = ground.control(node, 'volumes');
      const control = ground.control(node, 'process');
      await control.kill('SIGKILL');
      await ground.untilState(node, 'down');
      assert.equal(String(await volumes.read('data', 'meta/lives')), 'x');
      await control.start(ground.context.signal);
      await ground.untilAnswers(node.id);
      assert.equal(String(await volumes.read('data', 'meta/lives')), 'xx');
      const listed = await volumes.list('data', 'meta');
      assert.deepEqual(listed, [{ path: 'meta/lives', bytes: 2 }]);
      assert.deepEqual(await volumes.list('data', 'nowhere'), []);
      await assert.rejects(volumes.read('data', 'nowhere'), { code: 'FAULT_FAILED' });
    },
  },
  {
    promise: 'volumes end with their run: the next one finds none of it',
    needs: ['volume.read'],
    wanted: { nodes: 1 },
    look: async (ground, { otherRun }) => {
      await ground.close();
      const next = await otherRun({ nodes: 1 });
      await next.launch(0, 1);
      assert.match(told(await next.say('who', 'echo-1')), / life 1 /);
    },
  },
  {
    promise:
      'a wipe takes a folder of a node that is down and nothing beside it, and never of one that runs',
    needs: ['process.kill', 'volume.read', 'volume.wipe'],
    wanted: { nodes: 1 },
    look: async (ground) => {
      const node = ground.node(0);
      const volumes = ground.control(node, 'volumes');
      assert.equal(told(await ground.say('write', node.id)), 'written');
      await assert.rejects(
        volumes.wipe('data'),
        { code: 'TARGET_REFUSED' },
        'it was wiped under a node that runs',
      );
      await ground.control(node, 'process').kill('SIGKILL');
      await ground.untilState(node, 'down');
      await volumes.wipe('data', 'meta');
      const rest = (await volumes.list('data')).map(({ path }) => path);
      assert.deepEqual(rest, ['written']);
      await volumes.wipe('data');
      await volumes.wipe('data');
      assert.deepEqual(await volumes.list('data'), []);
    },
  },
  {
    promise: 'a volume with a limit is filled to its last byte, and drained again',
    needs: ['volume.limit'],
    wanted: { nodes: 1, limited: true },
    look: async (ground) => {
      const node = ground.node(0);
      const { free, fill, drain } = ground.control(node, 'volumes');
      assert(free !== undefined && fill !== undefined && drain !== undefined, 'not there');
      assert.equal(told(await ground.say('write', node.id)), 'written');
      assert(((await free('data')) ?? 0) > 0, 'it is full from the start');
      await fill('data');
      assert.equal(await free('data'), 0);
      assert.match(told(await ground.say('write', node.id)), /^failed/);
      await drain('data');
      await drain('data');
      assert(((await free('data')) ?? 0) > 0, 'it is still full');
      assert.equal(told(await ground.say('write', node.id)), 'written');
    },
  },
  {
    promise: 'a volume that fails takes no writes until it is mended',
    needs: ['volume.fail'],
    wanted: { nodes: 2, limited: true },
    look: async (ground) => {
      const [node, other] = [ground.node(0), ground.node(1)];
      const { fail, mend } = ground.control(node, 'volumes');
      assert(fail !== undefined && mend !== undefined, 'on offer and not there');
      await fail('data');
      await fail('data');
      assert.match(told(await ground.say('write', node.id)), /^failed/);
      assert.equal(told(await ground.say('write', other.id)), 'written');
      await mend('data');
      await mend('data');
      assert.equal(told(await ground.say('write', node.id)), 'written');
    },
  },
];
