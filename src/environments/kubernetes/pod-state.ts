import type { V1ContainerStatus, V1Pod } from '@kubernetes/client-node';
import { showEnd } from '../images/show-end.ts';
import { NODE_CONTAINER } from './layout.ts';

/** One life of a node's container, as the API tells of it. */
export interface Life {
  /** Of the container: a new one with each start. */
  readonly id: string;
  readonly running: boolean;
  /** How it ended, in words; null while it runs. */
  readonly ended: string | null;
}

/** The lives that a pod tells of, the present one last; `memory` is what it may have. Pure. */
export function livesOf(pod: V1Pod, memory: string): readonly Life[] {
  const status = statusOf(pod);
  if (status === undefined) return [];
  const { lastState, state } = status;
  const over = [lastState?.terminated, state?.terminated].flatMap((end) =>
    end?.containerID === undefined
      ? []
      : [
          {
            id: shortId(end.containerID),
            running: false,
            ended: showEnd(
              {
                outOfMemory: end.reason === 'OOMKilled',
                code: end.exitCode,
                said: end.message ?? '',
              },
              memory,
            ),
          },
        ],
  );
  if (state?.running === undefined || status.containerID === undefined) return over;
  return [...over, { id: shortId(status.containerID), running: true, ended: null }];
}

/** Why a pod will not get as far as its node, in words; null when it may still. Pure. */
export function stuckBecause(pod: V1Pod): string | null {
  const waiting = [
    ...(pod.status?.initContainerStatuses ?? []),
    ...(pod.status?.containerStatuses ?? []),
  ].flatMap(({ state }) => (state?.waiting === undefined ? [] : [state.waiting]));
  const image = waiting.find(({ reason }) => HOPELESS.test(reason ?? ''));
  if (image !== undefined) return `${image.reason}: ${image.message ?? 'no reason given'}`;
  const scheduled = pod.status?.conditions?.find(({ type }) => type === 'PodScheduled');
  if (scheduled?.reason === 'Unschedulable') return `Unschedulable: ${scheduled.message ?? ''}`;
  return null;
}

/** The name of what prepares it and failed, with how; null when none did. Pure. */
export function failedStep(pod: V1Pod, memory: string): { step: string; ended: string } | null {
  for (const { name, state, lastState } of pod.status?.initContainerStatuses ?? []) {
    const end = state?.terminated ?? lastState?.terminated;
    if (end === undefined || end.exitCode === 0) continue;
    const outOfMemory = end.reason === 'OOMKilled';
    const ended = showEnd({ outOfMemory, code: end.exitCode, said: end.message ?? '' }, memory);
    return { step: name, ended };
  }
  return null;
}

const HOPELESS =
  /^(ErrImageNeverPull|ErrImagePull|ImagePullBackOff|InvalidImageName|Create.*Error)$/;

const statusOf = (pod: V1Pod): V1ContainerStatus | undefined =>
  pod.status?.containerStatuses?.find(({ name }) => name === NODE_CONTAINER);

/** `containerd://0123…` as `0123456789ab`. */
const shortId = (id: string): string => id.replace(/^.*:\/\//, '').slice(0, 12);
