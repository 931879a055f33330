import { HighwaterError } from '../../core/errors.ts';
import type { Controls } from '../node.ts';
import { fileIn } from './archive.ts';
import { type Container, saysStatus } from './engine.ts';
import { execOk } from './exec.ts';
import { inside, volumePath } from './layout.ts';

/** The files of a node's volumes, looked at through its sandbox, which has them mounted too. */
export const volumesControl = (
  node: string,
  sandbox: Container,
  isUp: () => Promise<boolean>,
): Controls['volumes'] => ({
  list: async (volume, folder = '.') => {
    const root = volumePath(volume);
    const start = inside(root, folder);
    // What vanishes while looking is left out: systems rename files as they go.
    const look =
      'test -d "$0" || exit 0; find "$0" -type f -exec stat -c "%s %n" {} + 2>&- || true';
    const said = await execOk(sandbox, ['sh', '-c', look, start]);
    return said
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => {
        const [, bytes = '', path = ''] = /^(\d+) (.*)$/.exec(line) ?? [];
        return { path: path.slice(root.length + 1), bytes: Number(bytes) };
      })
      .sort((one, other) => (one.path < other.path ? -1 : 1));
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
    const all = 'test -d "$0" || exit 0; find "$0" -mindepth 1 -maxdepth 1 -exec rm -rf {} +';
    if (target === root) await execOk(sandbox, ['sh', '-c', all, root]);
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
