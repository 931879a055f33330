import { PassThrough, type Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { V1Status } from '@kubernetes/client-node';
import { HighwaterError, messageOf } from '../../core/errors.ts';
import { seconds } from '../../core/time.ts';
import type { Cluster } from './cluster.ts';

/** A container of a pod. */
export interface ContainerRef {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
}

/** What a command in a container came to. */
export interface Executed {
  /** -1 when its end was never told. */
  readonly code: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

const ENDS_WITHIN = seconds(30);

/** Runs a command in a container of a pod and waits for its end. */
export async function execIn(
  cluster: Cluster,
  at: ContainerRef,
  argv: readonly string[],
): Promise<Executed> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const said = Promise.all([buffer(stdout), buffer(stderr)]);
  let status: V1Status | undefined;
  const socket = await openSocket(cluster, at, {
    argv,
    streams: [stdout, stderr, null],
    ended: (told) => {
      status = told;
    },
  });
  const late = setTimeout(() => socket.close(), ENDS_WITHIN);
  try {
    const [out, err] = await said;
    return { code: codeOf(status), stdout: out, stderr: err.toString() };
  } finally {
    clearTimeout(late);
    socket.close();
  }
}

/** The same for a command that must exit 0; gives what it wrote. */
export async function execOk(
  cluster: Cluster,
  at: ContainerRef,
  argv: readonly string[],
): Promise<Buffer> {
  const { code, stdout, stderr } = await execIn(cluster, at, argv);
  if (code === 0) return stdout;
  const said = stderr.trim() || stdout.toString().trim() || 'it said nothing';
  const what = `${argv.slice(0, 3).join(' ')} in ${at.pod}`;
  throw new HighwaterError('FAULT_FAILED', `${what}: exit code ${code}: ${said}`);
}

/** A command whose streams somebody holds. */
export interface Opened {
  readonly argv: readonly string[];
  /** Its output, what it complains of, and what it is told; null: nothing. */
  readonly streams: readonly [PassThrough, PassThrough, Readable | null];
  readonly ended: (status: V1Status) => void;
}

/** Starts a command, for whoever goes on talking to it. */
export async function openSocket(
  { client, config }: Cluster,
  { namespace, pod, container }: ContainerRef,
  { argv, streams, ended }: Opened,
): Promise<{ close(): void }> {
  const [stdout, stderr, stdin] = streams;
  const lost = (): void => {
    stdout.end();
    stderr.end();
  };
  try {
    const socket = await new client.Exec(config).exec(
      namespace,
      pod,
      container,
      [...argv],
      stdout,
      stderr,
      stdin,
      false,
      ended,
    );
    socket.on('close', lost);
    socket.on('error', lost);
    return { close: () => socket.close() };
  } catch (thrown) {
    lost();
    const text = `cannot run ${argv[0]} in ${pod}: ${messageOf(thrown)}`;
    throw new HighwaterError('FAULT_FAILED', text, { cause: thrown });
  }
}

function codeOf(status: V1Status | undefined): number {
  if (status === undefined) return -1;
  if (status.status === 'Success') return 0;
  const cause = status.details?.causes?.find(({ reason }) => reason === 'ExitCode');
  return Number(cause?.message ?? -1);
}
