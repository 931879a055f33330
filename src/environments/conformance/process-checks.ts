import assert from 'node:assert/strict';
import type { ConformanceCheck } from './check.ts';
import { told } from './ground.ts';

/** What is promised of a node's process. */
export const PROCESS_CHECKS: readonly ConformanceCheck[] = [
  {
    promise: 'a node that was killed is unreachable, and looks so; killing it again is no harm',
    needs: ['process.kill'],
    wanted: { nodes: 2 },
    look: async (ground) => {
      const victim = ground.node(0);
      const control = ground.control(victim, 'process');
      assert.equal((await ground.look(victim)).state, 'up');
      await control.kill('SIGKILL');
      const down = await ground.untilState(victim, 'down');
      assert.equal(down.incarnation, null);
      assert.match(down.ended ?? '', /SIGKILL/);
      for (const from of ['load', 'check'] as const) {
        assert.notEqual((await ground.say('who', victim.id, from)).kind, 'answered');
      }
      assert.doesNotMatch(await ground.dial(ground.node(1).id, victim.id), / answer /);
      await control.kill('SIGKILL');
      assert.deepEqual(await ground.look(victim), down);
      await ground.untilAnswers(ground.node(1).id);
    },
  },
  {
    promise: 'a node that is started again is another incarnation at the same addresses',
    needs: ['process.kill', 'process.start'],
    wanted: { nodes: 1 },
    look: async (ground) => {
      const node = ground.node(0);
      const control = ground.control(node, 'process');
      const { signal } = ground.context;
      const before = await ground.look(node);
      assert.equal(await control.start(signal), before.incarnation, 'starting one that runs');
      // In the same breath: whoever starts must not take the dying life for the new one.
      await control.kill('SIGKILL');
      const after = await control.start(signal);
      assert.notEqual(after, before.incarnation);
      assert.deepEqual(await ground.look(node), { state: 'up', incarnation: after, ended: null });
      for (const from of ['load', 'check'] as const) await ground.untilAnswers(node.id, from);
      assert.match(told(await ground.say('who', node.id)), / first life 2 /);
    },
  },
  {
    promise: 'a node that crashes is started again by what supervises it',
    needs: ['process.crash'],
    wanted: { nodes: 1 },
    look: async (ground) => {
      const node = ground.node(0);
      const { crash, start } = ground.control(node, 'process');
      assert(crash !== undefined, 'on offer and not there');
      const before = await ground.look(node);
      await crash();
      const after = await ground.until(
        'another life runs',
        () => ground.look(node),
        ({ state, incarnation }) => state === 'up' && incarnation !== before.incarnation,
      );
      assert.equal(await start(ground.context.signal), after.incarnation, 'starting one that runs');
      await ground.untilAnswers(node.id);
      assert.match(told(await ground.say('who', node.id)), / first life 2 /);
    },
  },
  {
    promise: 'a node that is asked to leave ends',
    needs: ['process.terminate'],
    wanted: { nodes: 1 },
    look: async (ground) => {
      const node = ground.node(0);
      await ground.control(node, 'process').kill('SIGTERM');
      const down = await ground.untilState(node, 'down');
      assert.notEqual(down.ended, null, 'how it ended is not known');
      assert.notEqual((await ground.say('who', node.id)).kind, 'answered');
    },
  },
  {
    promise: 'a paused node says nothing, looks paused, and goes on where it stood when resumed',
    needs: ['process.pause'],
    wanted: { nodes: 2 },
    look: async (ground) => {
      const [node, peer] = [ground.node(0), ground.node(1)];
      const { pause, resume } = ground.control(node, 'process');
      assert(pause !== undefined && resume !== undefined, 'on offer and not there');
      const { incarnation } = await ground.look(node);
      await ground.dial(peer.id, node.id, 'hold');
      await pause();
      await pause();
      const paused = await ground.untilState(node, 'paused');
      assert.equal(paused.incarnation, incarnation);
      // Not refused: its kernel still takes connections, as that of a stopped process does.
      assert.equal((await ground.say('who', node.id)).kind, 'silent');
      assert.equal(await ground.dial(peer.id, node.id), 'silent');
      await ground.untilAnswers(peer.id);
      await resume();
      await resume();
      await ground.untilState(node, 'up');
      await ground.untilAnswers(node.id);
      assert.equal((await ground.look(node)).incarnation, incarnation);
      assert.match(told(await ground.say('who', node.id)), / life 1 /);
      assert.match(await ground.held(peer.id), / life 1 answer /, 'its connections were closed');
    },
  },
  {
    promise: 'a node that is killed while it is paused is gone, and starts anew',
    needs: ['process.pause', 'process.kill', 'process.start'],
    wanted: { nodes: 1 },
    look: async (ground) => {
      const node = ground.node(0);
      const control = ground.control(node, 'process');
      await control.pause?.();
      await ground.untilState(node, 'paused');
      await control.kill('SIGKILL');
      await ground.untilState(node, 'down');
      await control.start(ground.context.signal);
      await ground.untilAnswers(node.id);
    },
  },
  {
    promise:
      'a node is replaced in its place: another specification, the same addresses and volume',
    needs: ['node.replace', 'process.kill', 'volume.read'],
    wanted: { nodes: 1 },
    look: async (ground) => {
      const node = ground.node(0);
      const { kill, replace } = ground.control(node, 'process');
      assert(replace !== undefined, 'on offer and not there');
      await kill('SIGKILL');
      await ground.untilState(node, 'down');
      const incarnation = await replace(ground.spec(node.id, 'second'), ground.context.signal);
      assert.equal((await ground.look(node)).incarnation, incarnation);
      await ground.untilAnswers(node.id);
      // Life 2: it found the diary of its predecessor in the volume.
      assert.match(told(await ground.say('who', node.id)), / second life 2 /);
    },
  },
  {
    promise: 'a thread dump is of the very node that was asked',
    needs: ['threads.dump', 'process.kill'],
    wanted: { nodes: 2 },
    look: async (ground) => {
      const name = (id: string): string => ground.subject.nameInDump(id, ground.context.run);
      const [one, other] = [ground.node(0), ground.node(1)];
      const threads = ground.control(one, 'threads');
      const dump = await threads.dump(ground.context.signal);
      assert(dump.includes(name(one.id)), `its dump does not tell its name: ${dump.slice(0, 200)}`);
      assert(!dump.includes(name(other.id)), 'it is the dump of another node');
      await ground.control(one, 'process').kill('SIGKILL');
      await ground.untilState(one, 'down');
      await assert.rejects(threads.dump(ground.context.signal), /down/);
    },
  },
];
