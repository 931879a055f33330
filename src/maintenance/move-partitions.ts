import type { Move } from '../clients/kafka/operations.ts';
import type { LogAdmin, PartitionDescription } from '../clients/kafka/port.ts';
import { minutes, spanBetween } from '../core/time.ts';
import { showSpan } from '../core/units.ts';
import { showPartition } from '../record/names.ts';
import type { ChangeInput } from './change.ts';
import { carryOut } from './order.ts';
import { isSame } from './spread.ts';

/**
 * Orders partitions onto other brokers and waits until they are there: the metadata names the
 * replicas that were ordered, all of them are in sync, and no reassignment of them is listed any
 * more. Returns what was seen, in words.
 */
export async function movePartitions(
  moves: readonly Move[],
  admin: LogAdmin,
  input: ChangeInput,
): Promise<string> {
  const { clock, note } = input;
  const from = clock.now();
  const total = `${moves.length} partitions`;
  note(`orders ${total} onto other brokers`);
  let told = moves.length;
  await carryOut(
    {
      what: `${total} moved`,
      within: minutes(10),
      give: () => admin.reassign(moves),
      look: async () => {
        const [now, moving] = await Promise.all([admin.allTopics(), admin.reassigning()]);
        const under = new Set(moving.map(showPartition));
        const left = moves.filter((move) => under.has(showPartition(move)) || !isThere(move, now));
        if (left.length < told) note(`${moves.length - left.length} of ${total} moved`);
        told = Math.min(told, left.length);
        return left.map(showPartition);
      },
      until: (left) => left.length === 0,
      show: (left) =>
        left.length === 0
          ? 'all moved'
          : `${left.length} on their way: ${left.slice(0, 3).join(', ')}`,
    },
    input,
  );
  return `${total} moved in ${showSpan(spanBetween(from, clock.now()))}`;
}

/** The metadata has the partition where it was ordered, whole. */
function isThere(move: Move, all: readonly PartitionDescription[]): boolean {
  const name = showPartition(move);
  const now = all.find((each) => showPartition(each) === name);
  return (
    now !== undefined &&
    isSame(now.replicas, move.replicas) &&
    move.replicas.every((broker) => now.isr.includes(broker))
  );
}
