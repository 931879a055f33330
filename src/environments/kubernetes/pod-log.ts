import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { appendFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { get, type RequestOptions } from 'node:https';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { messageOf } from '../../core/errors.ts';
import type { Cluster } from './cluster.ts';
import type { ContainerRef } from './exec.ts';

/** Which life of a container, and where what it says goes. */
export interface LifeLog {
  readonly at: ContainerRef;
  readonly file: string;
  /** It is the life before the present one. */
  readonly previous: boolean;
}

const ATTEMPTS = 5;

/**
 * Writes what one life of a container says to the end of a file, until it has said its last. A
 * kubelet keeps what was said before: nothing of the beginning is missed. Never rejects.
 */
export async function followLife(cluster: Cluster, log: LifeLog): Promise<void> {
  const { file } = log;
  for (let attempt = 1; ; attempt += 1) {
    try {
      const said = await open(cluster, log);
      await pipeline(said, createWriteStream(file, { flags: 'a' }));
      return;
    } catch (thrown) {
      // Right after its start a kubelet may not have the log yet; much later the pod is gone.
      if (attempt === ATTEMPTS) {
        const why = `highwater: the log of this life ends here: ${messageOf(thrown)}\n`;
        await appendFile(file, why).catch(() => {});
        return;
      }
      await pause(200 * attempt);
    }
  }
}

/** Asked for by hand: a stream of the library's own Log that breaks ends this process. */
async function open(
  { config }: Cluster,
  { at: { namespace, pod, container }, previous }: LifeLog,
): Promise<IncomingMessage> {
  const path = `/api/v1/namespaces/${namespace}/pods/${pod}/log`;
  const url = new URL(path, config.getCurrentCluster()?.server);
  url.searchParams.set('container', container);
  url.searchParams.set(previous ? 'previous' : 'follow', 'true');
  const options: RequestOptions = {};
  await config.applyToHTTPSOptions(options);
  const [response] = (await once(get(url, options), 'response')) as [IncomingMessage];
  if (response.statusCode === 200) return response;
  throw new Error(`${response.statusCode}: ${await text(response)}`);
}
