import type { Node } from '../environments/node.ts';
import type { NodeId } from '../record/names.ts';
import type { Subject, Sut } from '../systems/system.ts';

/**
 * Whom a rolling change comes to when: what keeps the metadata before the brokers, as Kafka's own
 * upgrade tests do it (tests/kafkatest/tests/core/kraft_upgrade_test.py); and in each role the
 * holder of its office last, so that the office moves once and not with every node (Strimzi's
 * KafkaRoller).
 */
export async function rollOrder(
  nodes: readonly Node[],
  sut: Sut,
  signal: AbortSignal,
): Promise<readonly NodeId[]> {
  const last = new Set<NodeId>();
  for (const office of OFFICES) {
    const holder = await holderOf(office, sut, signal);
    if (holder !== null) last.add(holder);
  }
  const rank = ({ id, role }: Node): number =>
    2 * (ROLES.indexOf(role) + 1 || ROLES.length + 1) + Number(last.has(id));
  return nodes.toSorted((a, b) => rank(a) - rank(b)).map(({ id }) => id);
}

const ROLES = ['zookeeper', 'controller', 'broker'];
const OFFICES: readonly Subject[] = [{ controller: true }, { zookeeper: 'leader' }];

async function holderOf(office: Subject, sut: Sut, signal: AbortSignal): Promise<NodeId | null> {
  try {
    return await sut.holder(office, signal);
  } catch {
    // A system without that office throws; only an abort is news.
    signal.throwIfAborted();
    return null;
  }
}
