import assert from 'node:assert/strict';
import { type Links, LOAD_END } from '../links.ts';
import type { ConformanceCheck } from './check.ts';
import type { Ground } from './ground.ts';

/** What is promised of links. One node asks another; who opened makes no difference. */
export const LINK_CHECKS: readonly ConformanceCheck[] = [
  {
    promise: 'a cut pair stays cut while the others work, and healing it twice is no harm',
    needs: ['link.cut'],
    wanted: { nodes: 3, links: ['peer'] },
    look: async (ground) => {
      const links = linksOf(ground);
      const [one, two, three] = [ground.node(0).id, ground.node(1).id, ground.node(2).id];
      assert.match(await ground.dial(one, two, 'hold'), answerOf(two));
      assert.deepEqual(await links.around(one, two), [], 'a connection goes around the link');
      await links.set(one, two, { cut: true });
      await links.set(two, one, { cut: true });
      assert.equal(await ground.dial(one, two), 'silent');
      assert.equal(await ground.dial(two, one), 'silent');
      assert.equal(await ground.held(one), 'silent', 'what was open goes on');
      assert((await links.look(one, two)).heldBytes > 0, 'nothing was held back');
      for (const [by, to] of [
        [one, three],
        [three, one],
        [two, three],
        [three, two],
      ] as const) {
        assert.match(await ground.dial(by, to), answerOf(to));
      }
      for (const { id } of ground.nodes) await ground.untilAnswers(id);
      assert.equal(await ground.dial(one, two), 'silent', 'it mended by itself');
      await links.heal(one, two);
      await links.heal(one, two);
      assert.match(await ground.dial(one, two), answerOf(two));
      // The connection was never closed: what was held back has arrived.
      assert.match(await ground.held(one), answerOf(two));
    },
  },
  {
    promise: 'a cut of one direction holds the bytes of that direction, whoever opened',
    needs: ['link.cut'],
    wanted: { nodes: 2, links: ['peer'] },
    look: async (ground) => {
      const links = linksOf(ground);
      const [one, two] = [ground.node(0).id, ground.node(1).id];
      await links.set(one, two, { cut: true });
      // A question goes one way and its answer the other: a round trip needs both.
      assert.equal(await ground.dial(one, two), 'silent');
      assert.equal(await ground.dial(two, one), 'silent');
      assert.equal((await links.look(one, two)).state.cut, true);
      assert.equal((await links.look(two, one)).state.cut, false);
      await links.heal(one, two);
      assert.match(await ground.dial(two, one), answerOf(one));
    },
  },
  {
    promise: 'load that is cut off from a node hangs there and goes on elsewhere',
    needs: ['link.cut'],
    wanted: { nodes: 2, links: ['load'] },
    look: async (ground) => {
      const links = linksOf(ground);
      const [one, two] = [ground.node(0).id, ground.node(1).id];
      await links.set(LOAD_END, one, { cut: true });
      assert.equal((await ground.say('who', one, 'load')).kind, 'silent');
      await ground.untilAnswers(one, 'check');
      await ground.untilAnswers(two, 'load');
      assert.match(await ground.dial(two, one), answerOf(one));
      await links.heal(LOAD_END, one);
      await ground.untilAnswers(one, 'load');
    },
  },
  {
    promise: 'a slow link is late by as much, and only that one',
    needs: ['link.slow'],
    wanted: { nodes: 2, links: ['peer'] },
    look: async (ground) => {
      const links = linksOf(ground);
      const [one, two] = [ground.node(0).id, ground.node(1).id];
      const took = async (): Promise<number> => {
        const from = ground.environment.clock.now();
        assert.match(await ground.dial(one, two), answerOf(two));
        return ground.environment.clock.now() - from;
      };
      const before = await took();
      await links.set(one, two, { delayMs: 300, jitterMs: 0 });
      const slow = await took();
      // A round trip passes the slow direction at least once: with the question.
      assert(slow >= 290, `a round trip over 300 ms took ${slow} ms, ${before} ms before`);
      await links.heal(one, two);
      assert((await took()) < 290, 'it is slow after the heal');
    },
  },
  {
    promise: 'a reset breaks what is open and lets what comes anew through',
    needs: ['link.reset'],
    wanted: { nodes: 2, links: ['peer'] },
    look: async (ground) => {
      const links = linksOf(ground);
      const [one, two] = [ground.node(0).id, ground.node(1).id];
      await ground.dial(one, two, 'hold');
      assert((await links.reset(one, two)) > 0, 'no connection was reset');
      assert.equal(await ground.held(one), 'refused');
      assert.match(await ground.dial(one, two), answerOf(two));
    },
  },
];

const answerOf = (id: string): RegExp => new RegExp(`^${id} .* answer `);

function linksOf({ book }: Ground): Links {
  assert(book.links !== null, 'links are on offer and none were reserved');
  return book.links;
}
