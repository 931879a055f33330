import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { HighwaterError } from '../../core/errors.ts';
import type { Container } from './engine.ts';

/** What a command in a container came to. */
export interface Executed {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command in a container and waits for its end. */
export async function execIn(
  container: Container,
  argv: readonly string[],
  stdin = '',
): Promise<Executed> {
  const exec = await container.exec({
    Cmd: [...argv],
    AttachStdin: stdin !== '',
    AttachStdout: true,
    AttachStderr: true,
  });
  const stream = await exec.start({ hijack: true, stdin: stdin !== '' });
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  container.modem.demuxStream(stream, stdout, stderr);
  const ended = (): void => {
    stdout.end();
    stderr.end();
  };
  stream.once('end', ended).once('close', ended).once('error', ended);
  if (stdin !== '') stream.end(stdin);
  const said = await Promise.all([text(stdout), text(stderr)]);
  const { ExitCode } = await exec.inspect();
  return { code: ExitCode ?? -1, stdout: said[0], stderr: said[1] };
}

/** The same for a command that must exit 0. */
export async function execOk(
  container: Container,
  argv: readonly string[],
  stdin = '',
): Promise<string> {
  const { code, stdout, stderr } = await execIn(container, argv, stdin);
  if (code === 0) return stdout;
  const said = stderr.trim() || stdout.trim() || 'it said nothing';
  throw new HighwaterError('FAULT_FAILED', `${argv[0]} in a container: exit code ${code}: ${said}`);
}
