import { showPartition, type TopicPartition } from '../../../record/names.ts';
import type { OffsetsAt } from '../port.ts';
import type { Ask } from './patient-asker.ts';
import { answerError } from './protocol-errors.ts';
import { listOffsets } from './requests.ts';

/** One of the ends of a log, as its leader gives it. */
export const endOfLog = (ask: Ask, of: TopicPartition, at: OffsetsAt): Promise<bigint> =>
  ask(`${at} offset`, async ({ connection, epoch }, signal) => {
    const answer = await connection.ask(
      listOffsets,
      {
        ...of,
        leaderEpoch: epoch,
        at: at === 'earliest' ? 'earliest' : 'latest',
        committedOnly: at === 'last-stable',
      },
      signal,
    );
    if (answer.error !== 0) throw answerError(answer.error, `ListOffsets of ${showPartition(of)}`);
    return answer.offset;
  });
