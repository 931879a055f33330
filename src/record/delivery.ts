import { type Delivery, FATES, type Ledger } from './ledger.ts';
import { showPartition } from './names.ts';
import { intersectRanges, showRanges, subtractRanges, unionRanges } from './range-set.ts';
import type { Ranges } from './ranges.ts';

/**
 * Records that may or may not be in the log: unknown outcomes, and attempts whose completion is
 * missing.
 */
export function unknownOf({ fates }: Delivery): Ranges {
  const told = unionRanges(fates.acknowledged, fates.unknown, fates.failed);
  return unionRanges(fates.unknown, subtractRanges(fates.attempted, told));
}

/** `session p0, orders-3`: how messages name a delivery. */
export const showDelivery = (of: Delivery): string => `session ${of.session}, ${showPartition(of)}`;

/**
 * What a ledger says that cannot be: two outcomes of one attempt, an outcome without an attempt, a
 * record read twice that was never read once. Then the bookkeeping is wrong, and no claim can rest
 * on it.
 */
export function contradictionsOf(ledger: Ledger): string[] {
  return ledger.deliveries.flatMap((delivery) => {
    const { fates } = delivery;
    const outcomes = ['acknowledged', 'unknown', 'failed'] as const;
    const problems: [Ranges, string][] = [
      [intersectRanges(fates.acknowledged, fates.unknown), 'acknowledged and unknown'],
      [intersectRanges(fates.acknowledged, fates.failed), 'acknowledged and failed'],
      [intersectRanges(fates.unknown, fates.failed), 'unknown and failed'],
      ...outcomes.map((as): [Ranges, string] => [
        subtractRanges(fates[as], fates.attempted),
        `${as} and never attempted`,
      ]),
      ...FATES.filter((fate) => fate.startsWith('in-log-')).map((as): [Ranges, string] => [
        subtractRanges(fates[as], fates['in-log']),
        `${as} and not in-log`,
      ]),
    ];
    return problems
      .filter(([wrong]) => wrong.length > 0)
      .map(([wrong, text]) => `${showDelivery(delivery)}: ${showRanges(wrong)} ${text}`);
  });
}
