import type { LogAdmin } from '../../clients/kafka/port.ts';
import type { Clock } from '../../core/clock.ts';
import { isHighwaterError, messageOf } from '../../core/errors.ts';
import { type Span, seconds } from '../../core/time.ts';
import { waitFor } from '../../core/wait-for.ts';

/** The ends of one partition's log. */
export interface LogEnds {
  readonly partition: number;
  readonly logStart: bigint;
  readonly highWatermark: bigint;
  readonly lastStable: bigint;
  readonly leaderEpoch: number;
}

/** What the ends came to; `trouble` when they never stood still or could not be asked. */
export interface SettledEnds {
  readonly ends: readonly LogEnds[];
  readonly trouble: string | null;
}

/** Two looks this far apart have to agree, and this long they may take to. */
const STEADY_FOR: Span = seconds(2);
const WITHIN: Span = seconds(45);

/** Whose ends are looked at, and how. */
export interface SettleInput {
  readonly admin: LogAdmin;
  readonly topic: string;
  readonly partitions: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly progress: (doing: string) => void;
}

/**
 * Looks at the ends of a topic until two looks 2 s apart are equal; only then a final read has an
 * end.
 */
export async function settledEnds(input: SettleInput): Promise<SettledEnds> {
  const { clock, signal, topic, progress } = input;
  let seen: readonly LogEnds[] = [];
  let before = '';
  try {
    const ends = await waitFor(
      { what: `the ends of ${topic} stand still`, look: () => lookAtEnds(input), show: showEnds },
      {
        clock,
        signal,
        within: WITHIN,
        every: STEADY_FOR,
        until: (now) => {
          const same = showEnds(now) === before;
          before = showEnds(now);
          seen = now;
          return same;
        },
        onLook: (look) => progress(`the ends of ${topic}: ${look}`),
      },
    );
    return { ends, trouble: null };
  } catch (thrown) {
    if (!isHighwaterError(thrown, 'WAIT_TIMEOUT')) throw thrown;
    return { ends: seen, trouble: messageOf(thrown) };
  }
}

async function lookAtEnds({ admin, topic, partitions }: SettleInput): Promise<readonly LogEnds[]> {
  const [starts, watermarks, stables, described] = await Promise.all([
    admin.offsets(topic, 'earliest'),
    admin.offsets(topic, 'high-watermark'),
    admin.offsets(topic, 'last-stable'),
    admin.topics([topic]),
  ]);
  return Array.from({ length: partitions }, (_, partition) => {
    const logStart = starts.get(partition);
    const highWatermark = watermarks.get(partition);
    const lastStable = stables.get(partition);
    const epoch = described.find((one) => one.topic === topic && one.partition === partition);
    if (
      logStart === undefined ||
      highWatermark === undefined ||
      lastStable === undefined ||
      epoch === undefined
    ) {
      throw new Error(`nothing is told of partition ${partition} of ${topic}`);
    }
    return { partition, logStart, highWatermark, lastStable, leaderEpoch: epoch.leaderEpoch };
  });
}

const showEnds = (ends: readonly LogEnds[]): string =>
  ends
    .map(
      ({ partition, logStart, highWatermark, lastStable, leaderEpoch }) =>
        `${partition}: ${logStart}–${highWatermark}` +
        `${lastStable === highWatermark ? '' : ` (stable ${lastStable})`} epoch ${leaderEpoch}`,
    )
    .join(', ');
