import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';

/**
 * Disks of a limited size for a test: tmpfs in a mount namespace of its own, so that nobody else
 * sees them, and the kernel unmounts them when the last process in it ends, also when the test is
 * killed. As root that needs nothing more; anybody else becomes root of a user namespace.
 */
export interface SmallDisks extends Disposable {
  /** The command line that starts a command where the disks are mounted. */
  inside(argv: readonly string[]): readonly string[];
  /** The path by which this process reaches a file on one of the disks. */
  seen(path: string): string;
  /** Gives a disk another size, which may be just what is on it. */
  resize(path: string, bytes: number): void;
}

const asRoot = process.getuid?.() === 0;
const UNSHARE = ['unshare', ...(asRoot ? [] : ['--user', '--map-root-user']), '--mount'];

// Its standard input ends with this process, however that ends.
const HOLDER = `
while [ $# -gt 1 ]; do mount -t tmpfs -o "size=$2" highwater-test "$1" || exit 1; shift 2; done
echo mounted
exec cat >/dev/null`;

/** Mounts disks of so many bytes on folders; throws where this cannot be done. */
export async function mountDisks(sizes: Readonly<Record<string, number>>): Promise<SmallDisks> {
  const given = Object.entries(sizes).flatMap(([path, bytes]) => [path, String(bytes)]);
  const [file = '', ...args] = [...UNSHARE, 'sh', '-c', HOLDER, 'sh', ...given];
  const holder = spawn(file, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  let said = '';
  holder.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const ended = once(holder, 'close').then(() => {
    throw new Error(`tmpfs can be mounted neither as root nor in a user namespace: ${said.trim()}`);
  });
  ended.catch(() => {}); // The holder ends in the end.
  await Promise.race([once(holder.stdout, 'data'), ended]);
  const user = asRoot ? [] : ['--user', '--preserve-credentials'];
  const enter = ['nsenter', '--target', String(holder.pid), ...user, '--mount'];
  return {
    inside: (argv) => [...enter, `--wd=${process.cwd()}`, ...argv],
    seen: (path) => `/proc/${holder.pid}/root${path}`,
    resize: (path, bytes) => {
      // Named twice, so that mount(8) does not add options that are no use in a user namespace.
      const what = ['-o', `remount,size=${bytes}`, 'highwater-test', path];
      const [command, ...remount] = [...enter, 'mount', ...what] as const;
      const { status, stderr } = spawnSync(command ?? '', remount, { encoding: 'utf8' });
      if (status !== 0) throw new Error(`${path} cannot be resized: ${stderr}`);
    },
    [Symbol.dispose]: () => void holder.kill('SIGKILL'),
  };
}
