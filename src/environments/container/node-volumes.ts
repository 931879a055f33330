import { HighwaterError } from '../../core/errors.ts';
import { inside, volumePath } from '../images/paths.ts';
import { LIST_FILES, readFileList, WIPE_ALL } from '../images/volume-scripts.ts';
import type { Controls } from '../node.ts';
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
    throw new HighwaterError('FAULT_FAILED', `volume ${volume} of ${node} has no file "${path}"`, {
      hint: 'list the volume to see what is there',
    });
  },
  wipe: async (volume, folder = '.') => {
    if (await isUp()) {
      const text = `${node} is up: its volume is not wiped under it`;
      throw new HighwaterError('TARGET_REFUSED', text, { hint: 'kill the node first' });
    }
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
