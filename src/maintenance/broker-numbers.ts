import type { LogAdmin } from '../clients/kafka/port.ts';
import type { NodeId } from '../record/names.ts';
import type { Sut } from '../systems/system.ts';
import { cannot } from './order.ts';

/** Numbers of the brokers that are registered now, by node. */
export async function brokerNumbers(
  sut: Sut,
  admin: LogAdmin,
): Promise<ReadonlyMap<NodeId, number>> {
  const { brokers } = await admin.cluster();
  return new Map(brokers.map(({ id }) => [sut.nodeOf(id), id]));
}

/** The number of a node; throws when it is not registered as a broker. */
export function numberOf(node: NodeId, numbers: ReadonlyMap<NodeId, number>): number {
  const number = numbers.get(node);
  if (number === undefined) throw cannot(`${node} is not a registered broker now`);
  return number;
}
