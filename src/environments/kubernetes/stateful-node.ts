import { setTimeout as pause } from 'node:timers/promises';
import type { V1Pod } from '@kubernetes/client-node';
import { HighwaterError } from '../../core/errors.ts';
import { lastLines } from '../../core/log-tail.ts';
import { ms, type Span, seconds } from '../../core/time.ts';
import { showSpan } from '../../core/units.ts';
import { applyObject, type Cluster, readPod } from './cluster.ts';
import { podOf } from './layout.ts';
import { filesManifest } from './manifests/files-manifest.ts';
import { type NodeManifestInput, nodeManifest } from './manifests/node-manifest.ts';
import { failedStep, type Life, livesOf, stuckBecause } from './pod-state.ts';

/** What is asked of the API about one node: its StatefulSet and the pod of that. */
export interface StatefulNode {
  /** As it is now; null when there is none. */
  pod(): Promise<V1Pod | null>;
  /**
   * Makes it as the input says, and waits until a pod of it runs; gives that and its life. Lives of
   * the past are no news; a new one that ends at once is.
   */
  bringUp(
    input: NodeManifestInput,
    of: { readonly past: ReadonlySet<string>; readonly signal: AbortSignal },
  ): Promise<{ pod: V1Pod; life: Life }>;
  /** No pod from now on; what runs is asked to leave (SIGTERM, and SIGKILL after a minute). */
  takeAway(): Promise<void>;
  /** Waits until its pod is gone. */
  untilGone(signal: AbortSignal): Promise<void>;
}

/** Which node, and what is told of it. */
export interface StatefulNodeOf {
  readonly namespace: string;
  readonly id: string;
  /** What it may have, in words. */
  readonly memory: string;
  readonly logFile: string;
}

const UP_WITHIN = seconds(120);
const GONE_WITHIN = seconds(90);
/** A cluster that cannot place a pod at once may be about to make room for it. */
const STUCK_FOR = seconds(15);
const LOOK_EVERY: Span = ms(100);

/** Drives the StatefulSet of one node. */
export function statefulNode(cluster: Cluster, of: StatefulNodeOf): StatefulNode {
  const { apps, client } = cluster;
  const { namespace, id, memory, logFile } = of;
  const pod = (): Promise<V1Pod | null> => readPod(cluster, { namespace, name: podOf(id) });
  return {
    pod,
    bringUp: async (input, { past, signal }) => {
      await applyObject(cluster, filesManifest(input.place, input.spec));
      signal.throwIfAborted();
      await applyObject(cluster, nodeManifest(input));
      let stuckSince: number | null = null;
      for (const from = performance.now(); ; await pause(LOOK_EVERY)) {
        signal.throwIfAborted();
        const now = await pod();
        const life = now === null ? undefined : livesOf(now, memory).at(-1);
        if (now !== null && life?.running === true && !isLeaving(now)) return { pod: now, life };
        if (life !== undefined && life.ended !== null && !past.has(life.id)) {
          throw died(of, 'it died at once', life.ended);
        }
        const failed = now === null ? null : failedStep(now, memory);
        if (failed !== null) throw died(of, `preparing it (${failed.step})`, failed.ended);
        const stuck = now === null ? null : stuckBecause(now);
        if (stuck === null) stuckSince = null;
        else stuckSince ??= performance.now();
        if (stuckSince !== null && performance.now() - stuckSince > STUCK_FOR) {
          throw notPlaced(id, stuck ?? '');
        }
        if (performance.now() - from > UP_WITHIN) {
          const seen = now?.status?.phase ?? 'no pod';
          const text = `${id} did not run within ${showSpan(UP_WITHIN)}: ${seen}`;
          throw new HighwaterError('WAIT_TIMEOUT', text, {
            hint: `see the events in kubernetes-events.ndjson beside ${logFile}`,
          });
        }
      }
    },
    takeAway: async () => {
      const merge = client.setHeaderOptions('Content-Type', client.PatchStrategy.MergePatch);
      const body = { spec: { replicas: 0 } };
      await apps.patchNamespacedStatefulSetScale({ namespace, name: id, body }, merge);
    },
    untilGone: async (signal) => {
      for (const from = performance.now(); (await pod()) !== null; await pause(LOOK_EVERY)) {
        signal.throwIfAborted();
        if (performance.now() - from < GONE_WITHIN) continue;
        const text = `the pod of ${id} is still there after ${showSpan(GONE_WITHIN)}`;
        throw new HighwaterError('WAIT_TIMEOUT', text, { hint: 'is it paused, or its node away?' });
      }
    },
  };
}

/** Somebody asked it to go: what runs there is not the life that was asked for. */
const isLeaving = (pod: V1Pod): boolean => pod.metadata?.deletionTimestamp !== undefined;

function died({ id, logFile }: StatefulNodeOf, what: string, ended: string): HighwaterError {
  const lines = lastLines(logFile, 20);
  const message = `${id}: ${what}: ${ended}: last said "${lines.at(-1) ?? 'nothing'}"`;
  return new HighwaterError('NODE_DIED', message, {
    hint: `see ${logFile}`,
    facts: { node: id, ended, log: logFile, lines: [...lines] },
  });
}

const notPlaced = (id: string, why: string): HighwaterError =>
  new HighwaterError('ENV_NOT_READY', `${id} is not started by the cluster: ${why}`, {
    hint: /image/i.test(why)
      ? 'name images that the cluster can pull by HIGHWATER_IMAGE_<SOFTWARE>, or build them here'
      : 'give the cluster more room, or run fewer nodes',
  });
