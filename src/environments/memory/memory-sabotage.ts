import type { Span } from '../../core/time.ts';
import type { Leftover } from '../environment.ts';

/** Ways in which the memory environment can be made to fail its duty, to see that a run notices. */
export interface MemorySabotage {
  /** `kill` returns as if all was well and the node lives on. */
  readonly killDoesNothing?: boolean;
  /** `start` returns as if all was well and the node stays down. */
  readonly startDoesNothing?: boolean;
  /** `pause` returns as if all was well and the node goes on. */
  readonly pauseDoesNothing?: boolean;
  /** `resume` returns as if all was well and the node stands still. */
  readonly resumeDoesNothing?: boolean;
  /** SIGTERM ends a node at once: it takes no leave of anybody. */
  readonly leavesAbruptly?: boolean;
  /** `wipe` returns as if all was well and the files are still there. */
  readonly wipeDoesNothing?: boolean;
  /** This node cannot be launched. */
  readonly launchFailsFor?: string;
  /** This node dies by itself so long after its launch; nobody brings it back. */
  readonly dies?: { readonly node: string; readonly after: Span };
  /** These nodes go on running when the run's scope closes, and the census sees them. */
  readonly forgetsToStop?: readonly string[];
  /** Things that the census finds although nobody of this run made them. */
  readonly leftovers?: readonly Leftover[];
}
