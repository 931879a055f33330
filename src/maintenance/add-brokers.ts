import type { LogAdmin } from '../clients/kafka/port.ts';
import type { NodeId } from '../record/names.ts';
import { brokerNumbers, numberOf } from './broker-numbers.ts';
import type { ChangeInput, ChangeKind, ChangeResult } from './change.ts';
import { movePartitions } from './move-partitions.ts';
import { cannot } from './order.ts';
import { countOf, unknownKeys } from './params.ts';
import { spreadEvenly } from './spread.ts';
import { untilWhole } from './whole.ts';

/**
 * add-brokers: reserved brokers are launched and registered, and every topic, the system's own
 * included, is spread evenly over old and new. Proved by the metadata: the new ones are registered,
 * hold replicas in sync, and lead.
 */
export const addBrokers: ChangeKind = {
  name: 'add-brokers',
  needs: () => ['node.add'],
  problems: (params, { roles }) => {
    const count = countOf(params, 'count');
    const broker = roles.find(({ role }) => role === 'broker');
    const spare = broker === undefined ? 0 : broker.countMax - broker.count;
    return [
      ...unknownKeys(params, ['count']),
      ...(count === undefined ? ['count: expected a whole number from 1'] : []),
      ...(count !== undefined && count > spare
        ? [`count: ${count} more brokers, but ${spare} are reserved; raise brokersMax`]
        : []),
    ];
  },
  perform: async (input) => {
    const { sut, params, signal } = input;
    await untilWhole(input);
    const ids = (sut.spare ?? []).slice(0, countOf(params, 'count') ?? 0);
    if (ids.length < (countOf(params, 'count') ?? 1)) throw cannot('no more brokers are reserved');
    await launched(ids, input);
    await using admin = await sut.clients('check').admin(signal);
    const numbers = await brokerNumbers(sut, admin);
    const moves = spreadEvenly(await admin.allTopics(), [...numbers.values()]);
    const seen = moves.length === 0 ? 'nothing moved' : await movePartitions(moves, admin, input);
    return await provenToServe(ids, seen, { sut, admin });
  },
};

/** Launches the nodes and waits until the others know them. */
async function launched(ids: readonly NodeId[], input: ChangeInput): Promise<void> {
  const { sut, fleet, note, hold, release } = input;
  const { specFor, admit } = sut;
  if (specFor === undefined || admit === undefined) throw cannot('this system cannot grow');
  hold(ids);
  note(`launches ${ids.join(', ')}`, ids);
  admit(await fleet.launch(ids.map((id) => specFor(id, {}))));
  await untilWhole(input);
  note(`${ids.join(', ')} registered, all whole`, ids);
  release(ids);
}

async function provenToServe(
  ids: readonly NodeId[],
  moved: string,
  { sut, admin }: { readonly sut: ChangeInput['sut']; readonly admin: LogAdmin },
): Promise<ChangeResult> {
  const [numbers, all] = await Promise.all([brokerNumbers(sut, admin), admin.allTopics()]);
  const seen = ids.map((id) => {
    const number = numberOf(id, numbers);
    const held = all.filter(({ isr }) => isr.includes(number)).length;
    const led = all.filter(({ leader }) => leader === number).length;
    return { id, held, text: `${id} holds ${held} replicas in sync and leads ${led}` };
  });
  return {
    took: seen.every(({ held }) => held > 0),
    seen: [moved, ...seen.map(({ text }) => text)].join('; '),
  };
}
