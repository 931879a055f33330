import { inside, volumePath } from '../images/paths.ts';
import { LIST_FILES, readFileList, WIPE_ALL } from '../images/volume-scripts.ts';
import type { Controls } from '../node.ts';
import { noSuchFile, wipedUnder } from '../volume-refusals.ts';
import { fileIn } from './archive.ts';
import { type Container, saysStatus } from './engine.ts';
import { execOk } from './exec.ts';

/** The files of a node's volumes, looked at through its sandbox, which has them mounted too. */
export const volumesControl = (
  node: string,
  sandbox: Container,
  isUp: () => Promise<boolean>,
): Controls['volumes'] => ({
  list: async (volume, folder = '.') => {
    const root = volumePath(volume);
    const said = await execOk(sandbox, ['sh', '-c', LIST_FILES, inside(root, folder)]);
    return readFileList(said, root);
  },
  read: async (volume, path) => {
    const file = await fileAt(sandbox, inside(volumePath(volume), path));
    if (file !== null) return file;
    throw noSuchFile(node, volume, path);
  },
  wipe: async (volume, folder = '.') => {
    if (await isUp()) throw wipedUnder(node);
    const root = volumePath(volume);
    const target = inside(root, folder);
    if (target === root) await execOk(sandbox, ['sh', '-c', WIPE_ALL, root]);
    else await execOk(sandbox, ['rm', '-rf', target]);
  },
});

async function fileAt(sandbox: Container, path: string): Promise<Uint8Array | null> {
  try {
    return await fileIn(await sandbox.getArchive({ path }));
  } catch (thrown) {
    if (saysStatus(thrown, 404)) return null;
    throw thrown;
  }
}
