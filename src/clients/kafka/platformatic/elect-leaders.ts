import { createAPI, type Reader, ResponseError, Writer } from '@platformatic/kafka';
import type { TopicPartition } from '../../../record/names.ts';

/**
 * ElectLeaders, version 2 (KIP-460), which the library does not have:
 *
 *   request   election_type INT8, [topic, [partition INT32]], timeout_ms INT32
 *   response  throttle INT32, error INT16, [topic, [partition INT32, error INT16, message]]
 */
const ELECT_LEADERS = 43;
const PREFERRED = 0;

/** The leader is preferred already. */
const ELECTION_NOT_NEEDED = 84;

type Errors = Record<string, [number, string | null]>;

function createRequest(partitions: readonly TopicPartition[], timeoutMs: number): Writer {
  const topics = [...new Set(partitions.map(({ topic }) => topic))];
  return Writer.create()
    .appendInt8(PREFERRED)
    .appendArray(topics, (writer, name) => {
      const asked = partitions.filter(({ topic }) => topic === name);
      writer.appendString(name).appendArray(
        asked.map(({ partition }) => partition),
        (to, partition) => to.appendInt32(partition),
        true,
        false,
      );
    })
    .appendInt32(timeoutMs)
    .appendTaggedFields();
}

// oxlint-disable-next-line max-params -- the signature is the library's
function parseResponse(_id: number, apiKey: number, apiVersion: number, reader: Reader): null {
  const errors: Errors = {};
  reader.readInt32();
  const code = reader.readInt16();
  if (code !== 0) errors[''] = [code, null];
  reader.readArray((topics) => {
    const topic = topics.readString();
    topics.readArray((results) => {
      const partition = results.readInt32();
      const error = results.readInt16();
      const message = results.readNullableString();
      if (error !== 0 && error !== ELECTION_NOT_NEEDED) {
        errors[`/${topic}-${partition}`] = [error, message];
      }
    });
  });
  reader.readTaggedFields();
  if (Object.keys(errors).length > 0) throw new ResponseError(apiKey, apiVersion, errors, null);
  return null;
}

/** Has preferred leaders elected; that there was nothing to elect is no error. */
export const electLeaders = createAPI<Parameters<typeof createRequest>, null>(
  ELECT_LEADERS,
  2,
  createRequest,
  parseResponse,
);
