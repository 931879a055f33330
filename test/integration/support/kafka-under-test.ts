import { delimiter } from 'node:path';
import { cachedDistribution } from '../../../src/environments/local/software/distribution.ts';
import { foldersOf } from '../../../src/leases/folders.ts';
import { jarsOf } from '../../../src/systems/kafka/distribution.ts';
import { runKafka } from './running-kafka.ts';

/** One broker for tests of clients, with what Java programs need to talk to it. */
export interface KafkaUnderTest extends AsyncDisposable {
  readonly bootstrap: string;
  /** Java class path of its version, with tools. */
  readonly classPath: string;
  /** The segments of partition 0 of a topic, oldest first. */
  segments(topic: string): Promise<readonly { name: string; bytes: Uint8Array }[]>;
}

/** Starts a broker of a version with further configuration. */
export async function startKafka(
  version: string,
  config: Readonly<Record<string, string>> = {},
): Promise<KafkaUnderTest> {
  const kafka = await runKafka({ version, brokers: 1, combined: true, config });
  const jars = await cachedDistribution(foldersOf(process.env).cache, jarsOf(version));
  const volumes = kafka.sut.nodes[0]?.control('volumes');
  if (jars === null || volumes === undefined) throw new Error('the broker runs without jars');
  return {
    bootstrap: kafka.sut.view('check').bootstrap.join(','),
    classPath: jars.classPath.join(delimiter),
    segments: async (topic) => {
      const { volume, folder } = kafka.sut.replicaFolder({ topic, partition: 0 });
      const paths = (await volumes.list(volume, folder)).map(({ path }) => path);
      const logs = paths.filter((path) => path.endsWith('.log')).sort();
      return Promise.all(
        logs.map(async (path) => ({
          name: path.slice(path.lastIndexOf('/') + 1),
          bytes: await volumes.read(volume, path),
        })),
      );
    },
    [Symbol.asyncDispose]: () => kafka[Symbol.asyncDispose](),
  };
}
