import { describe, expect, it } from 'vitest';
import { examineKubernetes, showLook } from './examine.ts';
import { DESCRIPTOR } from './kind/testing/a-descriptor.ts';
import { fakeRun } from './kind/testing/fake-run.ts';

const INFO = { ServerVersion: '28.2.2', OperatingSystem: 'Debian', MemTotal: 2 ** 31 };

describe('doctor --env kubernetes', () => {
  it('finds what is here', async () => {
    const { run } = fakeRun({
      'kind version': 'kind v0.30.0 go1.25 linux/amd64\n',
      'kind get clusters': '',
      'docker info': JSON.stringify(INFO),
    });
    const found = await examineKubernetes({ HIGHWATER_KIND_IMAGE: 'n:1' }, run);
    expect(found.map(({ what, state, seen }) => [what, state, seen])).toEqual([
      ['kind', 'ok', 'kind v0.30.0 go1.25 linux/amd64'],
      ['docker', 'ok', '28.2.2 on Debian'],
      ['memory of the engine', 'degraded', '2 GiB in all'],
      ['image of kind nodes', 'degraded', 'the engine has no n:1'],
      ['kind cluster', 'ok', 'highwater: not there; the first run makes it'],
    ]);
  });

  it('finds out that nothing is', async () => {
    const { run } = fakeRun({});
    const found = await examineKubernetes({}, run);
    expect(found.map(({ what, state }) => [what, state])).toEqual([
      ['kind', 'missing'],
      ['docker', 'missing'],
    ]);
  });

  it('takes an engine that does not answer for none', async () => {
    const { run } = fakeRun({ 'kind version': 'kind', 'docker info': '{"ServerErrors":["no"]}' });
    const found = await examineKubernetes({}, run);
    expect(found.at(-1)).toMatchObject({ what: 'docker', state: 'missing' });
  });

  it('says what to do about a stranger, and what becomes of a cluster that is broken', () => {
    expect(showLook('a', { state: 'stranger', why: 'w' })).toMatchObject({
      state: 'missing',
      seen: 'a: not ours: w',
      hint: 'choose another name: HIGHWATER_KIND_CLUSTER',
    });
    const broken = { state: 'broken', descriptor: DESCRIPTOR, why: 'a-worker stopped' } as const;
    expect(showLook('a', broken)).toMatchObject({
      state: 'degraded',
      seen: 'a: ours; a-worker stopped',
      hint: 'the next run deletes it and makes it anew, which takes a minute',
    });
  });
});
