import { type Delivery, type DeliveryDelta, mergeDeltas } from '../../record/ledger.ts';
import type { Recorder } from '../../record/recorder.ts';

/**
 * A recorder that also keeps the ledger's lines, for what the run itself has to know of them:
 * suspects.
 */
export function teeRecorder(onDisk: Recorder): {
  readonly recorder: Recorder;
  /** The ledger so far. */
  deliveries(): readonly Delivery[];
} {
  const kept: DeliveryDelta[] = [];
  return {
    recorder: {
      event: (body, t) => onDisk.event(body, t),
      samples: (rows) => onDisk.samples(rows),
      deliveries: (deltas) => {
        kept.push(...deltas);
        onDisk.deliveries(deltas);
      },
    },
    deliveries: () => mergeDeltas(kept).deliveries,
  };
}
