import { describe, expect, it } from 'vitest';
import { seconds } from '../../../core/time.ts';
import { KIND, KIND_CONFIG, kindSaid, type Run, runKind, stepOf } from './kind-command.ts';
import { fakeRun } from './testing/fake-run.ts';

const { signal } = new AbortController();

describe('the commands of kind', () => {
  it('make and delete a cluster without the kubeconfig of the user', () => {
    const making = { name: 'a', kubeconfig: '/c/a.kubeconfig' };
    expect(KIND.create({ ...making, image: 'i:1' }).join(' ')).toBe(
      `kind create cluster --name a --image i:1 --config ${KIND_CONFIG} --kubeconfig /c/a.kubeconfig --wait 120s`,
    );
    expect(KIND.create(making)).not.toContain('--image');
    expect(KIND.delete(making).join(' ')).toBe(
      'kind delete cluster --name a --kubeconfig /c/a.kubeconfig',
    );
  });

  it('run without KUBECONFIG', async () => {
    const environments: unknown[] = [];
    const { run } = fakeRun({ 'kind version': 'kind v0.30.0' });
    const spy: Run = (argv, options) => {
      environments.push(options.env);
      return run(argv, options);
    };
    await runKind(KIND.version(), { run: spy, signal }, { within: seconds(1) });
    expect(environments).toEqual([{ KUBECONFIG: undefined }]);
  });

  it('that fail say in one line why', async () => {
    const { run } = fakeRun({ 'kind get': { fails: 'ERROR: no engine\n' } });
    const failed = runKind(KIND.clusters(), { run, signal }, { within: seconds(1), hint: 'h' });
    await expect(failed).rejects.toMatchObject({
      code: 'ENV_NOT_READY',
      message: 'kind get clusters: no engine',
      hint: 'h',
    });
  });
});

describe('what kind said', () => {
  it('is its error and what the command that it ran complained of', () => {
    const stderr = [
      'Creating cluster "a" ...',
      ' • Preparing nodes 📦 📦 📦   ...',
      ' ✗ Preparing nodes 📦 📦 📦 ',
      'ERROR: failed to create cluster: command "docker run --name a "x" y" failed with error: exit status 125',
      '',
      'Command Output: 90d73de96bc75e8d32f2ffc970ae39b9172e7e3b',
      'docker: Error response from daemon: port is already allocated.',
      "See 'docker run --help'.",
    ].join('\n');
    expect(kindSaid(stderr)).toBe(
      'failed to create cluster: exit status 125: docker: Error response from daemon: port is already allocated.',
    );
  });

  it('is its last line where it names no error', () => {
    expect(kindSaid('a\nb\n')).toBe('b');
    expect(kindSaid('')).toBe('it said nothing');
  });
});

describe('a line of kind create', () => {
  it.each([
    [' • Preparing nodes 📦 📦 📦   ...', 'preparing nodes'],
    [
      ' • Ensuring node image (kindest/node:v1.34.0) 🖼  ...',
      'ensuring node image (kindest/node:v1.34.0)',
    ],
    [
      ' • Waiting ≤ 2m0s for control-plane = Ready ⏳  ...',
      'waiting ≤ 2m0s for control-plane = Ready',
    ],
    [' ✓ Preparing nodes 📦 📦 📦 ', null],
    ['Creating cluster "a" ...', null],
  ])('%s', (line, step) => {
    expect(stepOf(line)).toBe(step);
  });
});
