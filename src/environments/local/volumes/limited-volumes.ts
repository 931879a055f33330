import { open, rm, statfs, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isErrno } from '../../../core/errno.ts';
import { HighwaterError } from '../../../core/errors.ts';
import { runCommandOk, showArgv } from '../../../core/exec.ts';
import { seconds } from '../../../core/time.ts';
import type { Bytes } from '../../../core/units.ts';
import type { Controls } from '../../node.ts';
import type { NodePlaces } from '../node-places.ts';
import type { Anchor } from '../processes/anchor.ts';
import { probeFileSystems } from './file-systems.ts';

/**
 * Volumes of a limited size: each is a file system of its own, mounted over the volume's folder in
 * the mount namespace that the anchor keeps for the run. Nobody else sees the mount, and the kernel
 * drops it with the last process of the run, however that ends; so there is nothing to sweep. From
 * out here its files are reached by way of the anchor's root in /proc.
 *
 * ext4 in an image file where there are loop devices: it can be made to fail as a disk does, by
 * aborting it (EIO and EROFS from then on, with files open for writing). Else tmpfs, which can be
 * filled and no more.
 */
export class LimitedVolumes {
  readonly #of: LimitedVolumesInput;
  readonly #mounted = new Set<string>();
  readonly #failed = new Set<string>();

  constructor(of: LimitedVolumesInput) {
    this.#of = of;
  }

  /** Where a volume's files are as seen from this process. */
  here(volume: string): string {
    const path = this.#of.places.volume(volume);
    return this.#has(volume) ? `${this.#anchor.root}${path}` : path;
  }

  /** Mounts what is not mounted yet; the folders have to be there. */
  async mount(signal: AbortSignal): Promise<void> {
    for (const [volume, size] of Object.entries(this.#of.limits)) {
      if (this.#mounted.has(volume)) continue;
      if (this.#kind === 'ext4') await this.#format(volume, size, signal);
      await this.#mountOne(volume);
      // Nobody expects it in a folder of his own; a broker takes it for a partition and gives up.
      await rm(join(this.here(volume), 'lost+found'), { recursive: true, force: true });
      this.#mounted.add(volume);
    }
  }

  /** What can be done to volumes with a limit, as far as this machine can do it. */
  get controls(): Pick<Controls['volumes'], 'free' | 'fill' | 'drain' | 'fail' | 'mend'> {
    const kind = this.#of.anchor === null ? null : probeFileSystems().kind;
    const limit = kind === null ? {} : this.#limitControls();
    return kind !== 'ext4'
      ? limit
      : {
          ...limit,
          fail: (volume) => this.#fail(volume),
          mend: (volume) => this.#mend(volume),
        };
  }

  #limitControls(): Pick<Controls['volumes'], 'free' | 'fill' | 'drain'> {
    return {
      free: async (volume) => {
        if (!this.#has(volume)) return null;
        const { bavail, bsize } = await statfs(this.here(volume));
        return bavail * bsize;
      },
      fill: async (volume) => fillUp(this.#filler(this.#known(volume))),
      drain: (volume) => rm(this.#filler(this.#known(volume)), { force: true }),
    };
  }

  async #fail(volume: string): Promise<void> {
    this.#known(volume);
    if (this.#failed.has(volume)) return;
    // Files that were written long before must not come back empty: the harm begins now.
    await this.#run(['sync', '-f', this.#of.places.volume(volume)]);
    await this.#run(['mount', '-o', 'remount,abort', this.#of.places.volume(volume)]);
    this.#failed.add(volume);
  }

  /** A file system that was aborted comes back by a fresh mount, when nobody has it open. */
  async #mend(volume: string): Promise<void> {
    if (!this.#failed.has(this.#known(volume))) return;
    // Refused while somebody has files of it open.
    await this.#run(['umount', this.#of.places.volume(volume)]);
    await this.#mountOne(volume);
    this.#failed.delete(volume);
  }

  async #format(volume: string, size: Bytes, signal: AbortSignal): Promise<void> {
    const image = this.#image(volume);
    await writeFile(image, '', { mode: 0o600 });
    await truncate(image, size);
    // No blocks kept for root: full is full for everybody.
    const argv = ['mke2fs', '-q', '-t', 'ext4', '-m', '0', '-E', 'root_owner', image];
    await runCommandOk(argv, { signal, within: seconds(20) });
  }

  #mountOne(volume: string): Promise<void> {
    const path = this.#of.places.volume(volume);
    const what =
      this.#kind === 'ext4'
        ? ['-t', 'ext4', '-o', 'loop,nodev,nosuid', this.#image(volume)]
        : ['-t', 'tmpfs', '-o', `size=${this.#of.limits[volume]},mode=0700,nodev,nosuid`, 'tmpfs'];
    return this.#run(['mount', ...what, path]);
  }

  async #run(argv: readonly string[]): Promise<void> {
    const said = await this.#anchor.run(argv);
    if (said === null) return;
    const { node } = this.#of;
    throw new HighwaterError('FAULT_FAILED', `${node}: ${showArgv(argv)}: ${said}`, {
      hint: 'run: highwater doctor',
    });
  }

  #known(volume: string): string {
    if (this.#has(volume)) return volume;
    const { node } = this.#of;
    throw new HighwaterError('FAULT_FAILED', `volume ${volume} of ${node} has no limit`, {
      hint: 'ask for one in the topology, for example kafka.dataLimitMiB',
    });
  }

  #has(volume: string): boolean {
    return Object.hasOwn(this.#of.limits, volume);
  }

  get #kind(): 'ext4' | 'tmpfs' {
    const { kind, seen } = probeFileSystems();
    if (kind !== null) return kind;
    throw new HighwaterError('ENV_NOT_READY', `no volume of a limited size here: ${seen}`, {
      hint: 'run: highwater doctor',
    });
  }

  get #anchor(): Anchor & { readonly root: string } {
    const { anchor } = this.#of;
    if (anchor?.root) return anchor as Anchor & { readonly root: string };
    throw new HighwaterError('ENV_NOT_READY', 'volumes with a limit need a mount namespace', {
      hint: 'run: highwater doctor',
    });
  }

  readonly #image = (volume: string): string => join(this.#of.places.home, `.${volume}.img`);
  readonly #filler = (volume: string): string => join(this.here(volume), '.filler');
}

/** What the limited volumes of one node are made with. */
export interface LimitedVolumesInput {
  readonly node: string;
  readonly anchor: Anchor | null;
  readonly places: NodePlaces;
  readonly limits: Readonly<Record<string, Bytes>>;
}

/** Appends to a file until not one more block is to be had. */
async function fillUp(path: string): Promise<void> {
  const file = await open(path, 'a', 0o600);
  try {
    for (const size of [1 << 20, 1 << 16, 4096, 512, 1]) {
      while (await appended(file, size));
    }
    await file.sync();
  } finally {
    await file.close();
  }
}

async function appended(
  file: { write(bytes: Uint8Array): Promise<{ bytesWritten: number }> },
  size: number,
): Promise<boolean> {
  try {
    return (await file.write(Buffer.alloc(size, 0x5a))).bytesWritten === size;
  } catch (thrown) {
    if (isErrno(thrown, 'ENOSPC')) return false;
    throw thrown;
  }
}
