import { inside, volumePath } from '../images/paths.ts';
import { LIST_FILES, readFileList, WIPE_ALL } from '../images/volume-scripts.ts';
import type { Controls } from '../node.ts';
import { noSuchFile, wipedUnder } from '../volume-refusals.ts';
import type { Cluster } from './cluster.ts';
import { type ContainerRef, execIn, execOk } from './exec.ts';
import { openFilesPod } from './files-pod.ts';
import { NODE_CONTAINER, type Place, podOf } from './layout.ts';

/** Whose volumes, and what is known of it. */
export interface VolumesOf {
  readonly cluster: Cluster;
  readonly place: Place;
  readonly node: string;
  readonly volumes: readonly string[];
  readonly image: () => Promise<string>;
  readonly isUp: () => Promise<boolean>;
  readonly untilGone: () => Promise<void>;
}

/** The files of a node's volumes: through its pod, or through another one while it has none. */
export function volumesControl(of: VolumesOf): Controls['volumes'] {
  const { cluster, place, node } = of;
  const own: ContainerRef = {
    namespace: place.namespace,
    pod: podOf(node),
    container: NODE_CONTAINER,
  };
  const through = async <T>(look: (at: ContainerRef) => Promise<T>): Promise<T> => {
    if (await of.isUp()) return look(own);
    await of.untilGone();
    const helper = await openFilesPod(of);
    try {
      return await look(helper.container);
    } finally {
      await helper.close();
    }
  };
  return {
    list: (volume, folder = '.') =>
      through(async (at) => {
        const root = volumePath(volume);
        const argv = ['sh', '-c', LIST_FILES, inside(root, folder)];
        return readFileList((await execOk(cluster, at, argv)).toString(), root);
      }),
    read: (volume, path) =>
      through(async (at) => {
        const file = inside(volumePath(volume), path);
        const { code, stdout } = await execIn(cluster, at, ['cat', file]);
        if (code === 0) return stdout;
        throw noSuchFile(node, volume, path);
      }),
    wipe: async (volume, folder = '.') => {
      if (await of.isUp()) throw wipedUnder(node);
      const root = volumePath(volume);
      const target = inside(root, folder);
      const argv = target === root ? ['sh', '-c', WIPE_ALL, root] : ['rm', '-rf', target];
      await through((at) => execOk(cluster, at, argv));
    },
  };
}
