import type { JsonObject } from '../core/json.ts';
import type { Node } from '../environments/node.ts';
import { type Bounced, bounce, provenBounced } from './bounce.ts';
import type { ChangeKind } from './change.ts';
import { untilLeadersHome } from './leaders-home.ts';
import { nodeProblems, textOf, textsOf, unknownKeys } from './params.ts';
import { rollOrder } from './roll-order.ts';
import { untilWhole } from './whole.ts';

/**
 * rolling-restart: every node is stopped by SIGTERM and started again, one after the other, each
 * when the system is whole. Proved by the lives of the processes: each is another than before, and
 * answers for itself.
 */
export const rollingRestart: ChangeKind = {
  name: 'rolling-restart',
  needs: () => ['process.terminate', 'process.start'],
  problems: (params, on) => [
    ...unknownKeys(params, ['role', 'nodes']),
    ...nodeProblems(params, on),
  ],
  perform: async (input) => {
    const { params, sut, signal } = input;
    await untilWhole(input);
    const order = await rollOrder(meant(params, sut.nodes), sut, signal);
    const bounced: Bounced[] = [];
    for (const id of order) bounced.push(await bounce(id, input));
    await untilLeadersHome(input);
    return await provenBounced(bounced, input);
  },
};

function meant(params: JsonObject, all: readonly Node[]): readonly Node[] {
  const role = textOf(params, 'role');
  const ids = textsOf(params, 'nodes');
  return all.filter(
    (node) =>
      (role === undefined || node.role === role) && (ids === undefined || ids.includes(node.id)),
  );
}
