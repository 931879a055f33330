import { HighwaterError } from '../../core/errors.ts';
import type { Controls } from '../node.ts';
import { noSuchFile, wipedUnder } from '../volume-refusals.ts';

/** Volumes of one node by name: path → content, one character a byte. */
export type MemoryVolumes = ReadonlyMap<string, Map<string, string>>;

/**
 * The `volumes` control over maps; a node that runs has its volumes open, so they cannot be wiped.
 */
export function volumesControl(of: {
  readonly node: string;
  readonly volumes: MemoryVolumes;
  readonly isUp: () => boolean;
  readonly wipeDoesNothing: boolean;
}): Controls['volumes'] {
  const filesOf = (volume: string): Map<string, string> => {
    const files = of.volumes.get(volume);
    if (files !== undefined) return files;
    throw new HighwaterError('FAULT_FAILED', `${of.node} has no volume "${volume}"`, {
      hint: `its volumes: ${[...of.volumes.keys()].join(', ') || 'none'}`,
    });
  };
  return {
    list: async (volume, folder) =>
      [...filesOf(volume)]
        .filter(([path]) => isBelow(path, folder))
        .map(([path, content]) => ({ path, bytes: content.length })),
    read: async (volume, path) => {
      const content = filesOf(volume).get(path);
      if (content === undefined) throw noSuchFile(of.node, volume, path);
      return Buffer.from(content, 'latin1');
    },
    wipe: async (volume, folder) => {
      const files = filesOf(volume);
      if (of.isUp()) throw wipedUnder(of.node);
      if (of.wipeDoesNothing) return;
      for (const path of [...files.keys()]) if (isBelow(path, folder)) files.delete(path);
    },
  };
}

const isBelow = (path: string, folder: string | undefined): boolean =>
  folder === undefined || path.startsWith(`${folder.replace(/\/+$/, '')}/`);
