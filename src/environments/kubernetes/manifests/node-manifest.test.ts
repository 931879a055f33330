import { describe, expect, it } from 'vitest';
import { mebibytes } from '../../../core/units.ts';
import type { NodeSpec } from '../../node.ts';
import { filesManifest } from './files-manifest.ts';
import { nodeManifest } from './node-manifest.ts';

const SPEC: NodeSpec = {
  id: 'broker-1',
  role: 'broker',
  software: { name: 'kafka', version: '4.3.1' },
  start: {
    jvm: {
      jars: [],
      main: 'kafka.Kafka',
      flags: ['-Xmx256m'],
      args: ['/highwater/files/server.properties'],
      prepare: [{ main: 'kafka.tools.StorageTool', args: ['format'] }],
    },
    image: { reference: 'apache/kafka:4.3.1', classPath: ['/opt/kafka/libs/*'] },
  },
  files: { 'server.properties': 'node.id=1', 'conf/log.xml': '<x/>' },
  volumeFiles: { data: { myid: '1' } },
};
const PLACE = { namespace: 'highwater-a', label: 'a' };
const input = {
  place: PLACE,
  spec: SPEC,
  image: 'apache/kafka:4.3.1',
  volumes: ['data'],
  memory: mebibytes(512),
  slots: 3,
  prepare: true,
} as const;
const podOf = (of: Parameters<typeof nodeManifest>[0]) => nodeManifest(of).spec?.template.spec;

describe('the StatefulSet of a node', () => {
  it('prepares volumes that are new, and no others', () => {
    const names = (prepare: boolean) =>
      podOf({ ...input, prepare })?.initContainers?.map(({ name }) => name);
    expect(names(true)).toEqual(['files', 'prepare-1']);
    expect(names(false)).toEqual(['files']);
  });

  it('is told apart by its label from that of another run', () => {
    const other = nodeManifest({ ...input, place: { ...PLACE, label: 'b' } });
    expect(nodeManifest(input).spec?.selector).not.toEqual(other.spec?.selector);
  });

  it('has the kernel hold it to its memory', () => {
    const { limits } = podOf(input)?.containers[0]?.resources ?? {};
    expect(limits).toEqual({ memory: String(512 * 1024 * 1024) });
  });

  it('mounts its files by name, also those in folders', () => {
    const { items } = podOf(input)?.volumes?.find(({ name }) => name === 'files')?.configMap ?? {};
    expect(items?.map(({ path }) => path)).toEqual(['server.properties', 'conf/log.xml']);
  });

  it('has other files in another ConfigMap', () => {
    const other = { ...SPEC, files: { ...SPEC.files, 'server.properties': 'node.id=2' } };
    const names = [SPEC, other].map((spec) => filesManifest(PLACE, spec).metadata.name);
    expect(new Set(names).size).toBe(2);
    const mounted = podOf(input)?.volumes?.flatMap(({ configMap }) => configMap?.name ?? []);
    expect(new Set(mounted)).toEqual(new Set([names[0]]));
  });
});
