import type { LogAdmin } from '../clients/kafka/port.ts';
import type { JsonObject } from '../core/json.ts';
import { seconds } from '../core/time.ts';
import { showSpan } from '../core/units.ts';
import type { NodeId } from '../record/names.ts';
import type { Sut } from '../systems/system.ts';
import { brokerNumbers, numberOf } from './broker-numbers.ts';
import type { ChangeInput, ChangeKind, ChangeResult } from './change.ts';
import { movePartitions } from './move-partitions.ts';
import { cannot, carryOut } from './order.ts';
import { countOf, isPlanned, textsOf, unknownKeys } from './params.ts';
import { spreadEvenly } from './spread.ts';
import { livingNode, stopNode, untilWhole } from './whole.ts';

/**
 * remove-brokers: everything is moved off the brokers, they are stopped by SIGTERM, and in KRaft
 * mode unregistered; without that the cluster goes on counting them. The last ones unless `nodes`
 * names others. Proved by the metadata, by their processes, and by the controller, which does not
 * know them any more.
 */
export const removeBrokers: ChangeKind = {
  name: 'remove-brokers',
  needs: () => ['process.terminate'],
  problems: (params, { roles, system }) => {
    const nodes = textsOf(params, 'nodes');
    const said = nodes ?? countOf(params, 'count');
    return [
      ...unknownKeys(params, ['count', 'nodes']),
      ...(said === undefined ? ['expected count, or nodes as a list of node ids'] : []),
      ...(nodes ?? [])
        .filter((id) => !isPlanned(id, roles) || !id.startsWith('broker-'))
        .map((id) => `there is no broker "${id}"`),
      ...(system.spec['combined'] === true
        ? ['brokers that are controllers too cannot be removed: the voters are fixed']
        : []),
    ];
  },
  perform: async (input) => {
    const { sut, params, signal } = input;
    await untilWhole(input);
    await using admin = await sut.clients('check').admin(signal);
    const numbers = await brokerNumbers(sut, admin);
    const leaving = leavingOf(params, sut);
    const gone = new Map(leaving.map((id) => [id, numberOf(id, numbers)]));
    const rest = [...numbers.values()].filter((number) => ![...gone.values()].includes(number));
    const held = (await admin.allTopics()).filter(({ replicas }) =>
      replicas.some((number) => !rest.includes(number)),
    );
    const moves = spreadEvenly(held, rest);
    const moved =
      moves.length === 0 ? 'nothing to move' : await movePartitions(moves, admin, input);
    for (const [id, number] of gone) await takeOut(id, number, { admin, input });
    const proof = await provenGone(gone, { admin, input });
    return { took: proof.took, seen: `${moved}; ${proof.seen}` };
  },
};

function leavingOf(params: JsonObject, { nodes }: Sut): readonly NodeId[] {
  const named = textsOf(params, 'nodes');
  if (named !== undefined) return named;
  const brokers = nodes.filter(({ role }) => role === 'broker').map(({ id }) => id);
  const count = countOf(params, 'count') ?? 0;
  if (count >= brokers.length) throw cannot(`there are only ${brokers.length} brokers`);
  return brokers.slice(-count);
}

interface Tools {
  readonly admin: LogAdmin;
  readonly input: ChangeInput;
}

/** Stops the broker for good. */
async function takeOut(id: NodeId, number: number, { admin, input }: Tools): Promise<void> {
  const { sut, hold, note } = input;
  if (sut.dismiss === undefined) throw cannot('this system cannot shrink');
  const living = await livingNode(id, input);
  hold([id]);
  note(`stops ${id} by SIGTERM`, [id]);
  const { after } = await stopNode(living, input);
  sut.dismiss([id]);
  if (isKraft(sut)) await admin.unregister(number);
  note(`${id} gone after ${showSpan(after)}`, [id]);
}

/** In ZooKeeper mode a broker's registration ends with its session. */
const isKraft = ({ nodes }: Sut): boolean => nodes.every(({ role }) => role !== 'zookeeper');

async function provenGone(
  gone: ReadonlyMap<NodeId, number>,
  { admin, input }: Tools,
): Promise<ChangeResult> {
  const { sut } = input;
  await carryOut(
    {
      what: 'brokers out of the metadata',
      within: seconds(60),
      give: async () => {},
      look: async () => (await admin.cluster()).brokers.map(({ id }) => id),
      until: (ids) => [...gone.values()].every((number) => !ids.includes(number)),
      show: (ids) => `registered are ${ids.join(', ')}`,
    },
    input,
  );
  await untilWhole(input);
  const holding = (await admin.allTopics()).filter(({ replicas }) =>
    [...gone.values()].some((number) => replicas.includes(number)),
  );
  const known: NodeId[] = [];
  for (const [id, number] of gone) {
    // Asked again, the controller says that it does not know the broker.
    if (isKraft(sut) && (await admin.unregister(number))) known.push(id);
  }
  const names = [...gone.keys()].join(', ');
  if (holding.length > 0) {
    return { took: false, seen: `${holding.length} partitions still have replicas on ${names}` };
  }
  if (known.length > 0) return { took: false, seen: `${known.join(', ')} were still registered` };
  return { took: true, seen: `${names}: no replica left, stopped, and out of the metadata` };
}
