import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Controls } from '../../node.ts';
import { placesOf, within, writeFiles } from '../node-places.ts';
import { LimitedVolumes } from './limited-volumes.ts';
import { volumesControl } from './node-volumes.ts';

let root = '';
let data = '';
let up = false;
let volumes: Controls['volumes'];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'highwater-volumes-'));
  const places = placesOf(join(root, 'work'), join(root, 'run'), 'a-1');
  data = places.volume('data');
  mkdirSync(join(data, 'orders-0'), { recursive: true });
  writeFileSync(join(data, 'orders-0', '0.log'), 'abc');
  writeFileSync(join(data, 'meta'), 'm');
  writeFileSync(join(root, 'precious'), 'p');
  symlinkSync(root, join(data, 'way-out'));
  up = false;
  const limited = new LimitedVolumes({ node: 'a-1', anchor: null, places, limits: {} });
  volumes = volumesControl('a-1', limited, () => up);
});
afterEach(() => rmSync(root, { recursive: true }));

describe('the volumes of a node', () => {
  it('are listed with sizes, all or one folder, or nothing where nothing is', async () => {
    rmSync(join(data, 'way-out'));
    expect(await volumes.list('data')).toEqual([
      { path: 'meta', bytes: 1 },
      { path: 'orders-0/0.log', bytes: 3 },
    ]);
    expect(await volumes.list('data', 'orders-0')).toEqual([{ path: 'orders-0/0.log', bytes: 3 }]);
    expect(await volumes.list('data', 'orders-1')).toEqual([]);
  });

  it('are read also while the node is up', async () => {
    up = true;
    expect(String(await volumes.read('data', 'orders-0/0.log'))).toBe('abc');
    await expect(volumes.read('data', 'orders-1/0.log')).rejects.toMatchObject({
      code: 'FAULT_FAILED',
      message: 'volume data of a-1 has no file "orders-1/0.log"',
    });
  });

  it('are wiped, one folder or all that is in them', async () => {
    await volumes.wipe('data', 'orders-0');
    expect([existsSync(join(data, 'orders-0')), existsSync(join(data, 'meta'))]).toEqual([
      false,
      true,
    ]);
    await volumes.wipe('data', 'orders-0');
    await volumes.wipe('data');
    expect(await volumes.list('data')).toEqual([]);
    expect([existsSync(data), existsSync(join(root, 'precious'))]).toEqual([true, true]);
  });

  it('are not wiped under a node that is up', async () => {
    up = true;
    await expect(volumes.wipe('data')).rejects.toMatchObject({ code: 'TARGET_REFUSED' });
    expect(existsSync(join(data, 'meta'))).toBe(true);
  });

  it('are not left by dots, absolute paths or links', async () => {
    for (const path of ['../../..', '/etc', 'orders-0/../../x', 'way-out', 'way-out/precious']) {
      const refusal = { code: 'TARGET_REFUSED' };
      await expect(volumes.read('data', path)).rejects.toMatchObject(refusal);
      await expect(volumes.list('data', path)).rejects.toMatchObject(refusal);
      await expect(volumes.wipe('data', path)).rejects.toMatchObject(refusal);
    }
    await expect(volumes.list('../a-1/files')).rejects.toMatchObject({ code: 'SCENARIO_INVALID' });
    await expect(volumes.wipe('tmp')).rejects.toMatchObject({ code: 'SCENARIO_INVALID' });
    expect(existsSync(join(root, 'precious'))).toBe(true);
  });
});

describe('the files of a node', () => {
  it('are written below its folder and nowhere else', async () => {
    await writeFiles(join(root, 'files'), { 'etc/a.conf': 'x' });
    expect(existsSync(join(root, 'files', 'etc', 'a.conf'))).toBe(true);
    await expect(writeFiles(join(root, 'files'), { '../b': 'x' })).rejects.toMatchObject({
      code: 'TARGET_REFUSED',
    });
    expect(() => within('/a/b', '../bc')).toThrow(/leads out of/);
  });
});
