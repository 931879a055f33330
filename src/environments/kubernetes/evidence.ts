import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CoreV1Event } from '@kubernetes/client-node';
import { messageOf } from '../../core/errors.ts';
import { seconds } from '../../core/time.ts';
import type { RunContext } from '../environment.ts';
import type { Cluster } from './cluster.ts';
import type { Place } from './layout.ts';
import { type Held, thingsOfRun } from './things-of-run.ts';

/** What a cluster says about a run, as files beside the logs of its nodes. */
export interface Evidence {
  /** Writes the cluster's events down as they come, until the run's scope closes. */
  follow(): Promise<void>;
  /** Writes how everything of the run is now; before it is taken away. */
  describe(held: Held): Promise<void>;
}

const AGAIN_AFTER = seconds(1);

/** What is written down of one run; nothing before it is asked for. */
export function evidenceOf(cluster: Cluster, place: Place, run: RunContext): Evidence {
  const { client, config, core } = cluster;
  const { namespace } = place;
  const file = join(run.directory, 'logs', 'kubernetes-events.ndjson');
  const informer = client.makeInformer<CoreV1Event>(
    config,
    `/api/v1/namespaces/${namespace}/events`,
    () => core.listNamespacedEvent({ namespace }),
  );
  const write = (event: CoreV1Event): void => {
    const line = { at: timeOf(event), on: nameOf(event), type: event.type, reason: event.reason };
    const { message, count } = event;
    try {
      appendFileSync(file, `${JSON.stringify({ ...line, message, count })}\n`);
    } catch {
      // A disk that is full is told by the record, which lies on the same one.
    }
  };
  let closed = false;
  for (const verb of ['add', 'update'] as const) informer.on(verb, write);
  informer.on('error', () => {
    setTimeout(() => {
      if (!closed) void informer.start().catch(() => {});
    }, AGAIN_AFTER).unref();
  });
  return {
    follow: async () => {
      run.scope.onClose('events of the cluster', async () => {
        closed = true;
        await informer.stop();
      });
      await informer.start();
    },
    describe: async (held) => {
      try {
        const things = await thingsOfRun(cluster, held);
        const text = things.map((each) => client.dumpYaml(withoutNoise(each))).join('---\n');
        writeFileSync(join(run.directory, 'logs', 'kubernetes-objects.yaml'), text);
      } catch (thrown) {
        run.progress(`what the cluster had could not be written down: ${messageOf(thrown)}`);
      }
    },
  };
}

const nameOf = ({ involvedObject: { kind, name } }: CoreV1Event): string => `${kind} ${name}`;

const timeOf = ({ eventTime, lastTimestamp, metadata }: CoreV1Event): string =>
  new Date(lastTimestamp ?? eventTime ?? metadata.creationTimestamp ?? 0).toISOString();

/** Who owns which field says nothing about a run, and takes more room than all the rest. */
const withoutNoise = <T extends { metadata?: object }>(thing: T) => ({
  ...thing,
  metadata: { ...thing.metadata, managedFields: undefined },
});
