import type { V1ContainerStatus, V1Pod } from '@kubernetes/client-node';
import { describe, expect, it } from 'vitest';
import { failedStep, livesOf, stuckBecause } from './pod-state.ts';

const LIFE = `containerd://${'0123456789abcdef'.repeat(4)}`;
const NEXT = `containerd://${'fedcba9876543210'.repeat(4)}`;

const podOf = (
  status: Partial<V1ContainerStatus>,
  prepare: Partial<V1ContainerStatus> = {},
): V1Pod => {
  const common = { image: 'i', imageID: 'i', ready: true, restartCount: 0 };
  return {
    status: {
      containerStatuses: [{ ...common, name: 'node', ...status }],
      initContainerStatuses: [{ ...common, name: 'prepare-1', ...prepare }],
    },
  };
};

describe('the lives of a node', () => {
  it('are none before its container runs', () => {
    expect(livesOf({}, '1 GiB')).toEqual([]);
    expect(livesOf(podOf({ state: { waiting: { reason: 'PodInitializing' } } }), '1 GiB')).toEqual(
      [],
    );
  });

  it('are told by the container that runs, and by the one before it', () => {
    const pod = podOf({
      containerID: NEXT,
      state: { running: {} },
      lastState: { terminated: { containerID: LIFE, exitCode: 137 } },
    });
    expect(livesOf(pod, '1 GiB')).toEqual([
      { id: '0123456789ab', running: false, ended: 'signal SIGKILL' },
      { id: 'fedcba987654', running: true, ended: null },
    ]);
  });

  it.each([
    [
      { exitCode: 137, reason: 'OOMKilled' },
      'out of memory: killed by the kernel at its limit of 1 GiB',
    ],
    [{ exitCode: 143 }, 'exit code 143'],
    [{ exitCode: 1, message: 'no such option' }, 'exit code 1: no such option'],
  ])('end as the cluster says: %j', (end, said) => {
    const pod = podOf({ state: { terminated: { containerID: LIFE, ...end } } });
    expect(livesOf(pod, '1 GiB').at(-1)?.ended).toBe(said);
  });
});

describe('a pod that will not start', () => {
  it.each(['ErrImageNeverPull', 'ImagePullBackOff', 'CreateContainerConfigError'])(
    'says why: %s',
    (reason) => {
      const waiting = { state: { waiting: { reason, message: 'because' } } };
      expect(stuckBecause(podOf(waiting))).toBe(`${reason}: because`);
      expect(stuckBecause(podOf({}, waiting))).toBe(`${reason}: because`);
    },
  );

  it('says that no machine has room for it', () => {
    const condition = { type: 'PodScheduled', status: 'False', reason: 'Unschedulable' };
    const pod: V1Pod = {
      status: { conditions: [{ ...condition, message: 'Insufficient memory' }] },
    };
    expect(stuckBecause(pod)).toBe('Unschedulable: Insufficient memory');
  });

  it('is not one whose containers are being made', () => {
    expect(stuckBecause(podOf({ state: { waiting: { reason: 'ContainerCreating' } } }))).toBeNull();
  });

  it('names the step that failed, also when it is tried again', () => {
    expect(failedStep(podOf({}, { state: { terminated: { exitCode: 0 } } }), '1 GiB')).toBeNull();
    const failed = { step: 'prepare-1', ended: 'exit code 2' };
    const ended = { terminated: { exitCode: 2 } };
    expect(failedStep(podOf({}, { state: ended }), '1 GiB')).toEqual(failed);
    expect(failedStep(podOf({}, { state: { running: {} }, lastState: ended }), '1 GiB')).toEqual(
      failed,
    );
  });
});
