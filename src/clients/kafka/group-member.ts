import { messageOf } from '../../core/errors.ts';
import { type Span, seconds } from '../../core/time.ts';
import type { TopicPartition } from '../../record/names.ts';
import type { ClientLog } from './client-log.ts';
import type { KafkajsOptions } from './kafkajs/client.ts';
import type { ConsumerOptions } from './port.ts';

/** What members of groups have in common, whichever library speaks for them. */

/** What a member's client is made with. */
export type MemberClient = Omit<KafkajsOptions, 'requestTimeout'>;

/** How long each step of leaving may take. */
export const LEAVE_LIMIT: Span = seconds(3);

/** The client id of a member, which its coordinator tells of it. */
export const memberClientId = (clientId: string, { member }: ConsumerOptions): string =>
  member === undefined ? clientId : `${clientId}-${member}`;

/** Partitions of an assignment in the words of a classic group. */
export const assignedIn = (
  assignment: Readonly<Record<string, readonly number[]>>,
): readonly TopicPartition[] =>
  Object.entries(assignment).flatMap(([topic, partitions]) =>
    partitions.map((partition) => ({ topic, partition })),
  );

/** Makes a commit that runs once at a time and never rejects. */
export function committing(log: ClientLog, commit: () => Promise<unknown>): () => Promise<void> {
  let underWay: Promise<void> | undefined;
  const attempt = async (): Promise<void> => {
    try {
      await commit();
    } catch (thrown) {
      // The next interval commits the same and more; until then the records count as lag.
      log({ level: 'warn', from: 'commit', message: messageOf(thrown) });
    }
  };
  return () =>
    (underWay ??= attempt().finally(() => {
      underWay = undefined;
    }));
}

/** Waits for the work, but not for longer; its failure is not ours any more when we leave. */
export async function atMost(limit: Span, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, limit);
  });
  await Promise.race([work.catch(() => {}), tooLate]);
  clearTimeout(timer);
}
