import { PassThrough } from 'node:stream';
import type { Channel } from '../packet-links/inner-shell.ts';
import type { Container } from './engine.ts';

/** Starts a shell in a container that runs. */
export async function openShellChannel(container: Container): Promise<Channel> {
  const exec = await container.exec({
    Cmd: ['sh'],
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
  });
  const stream = await exec.start({ hijack: true, stdin: true });
  const output = new PassThrough();
  container.modem.demuxStream(stream, output, output);
  const ended = (): void => void output.end();
  stream.once('end', ended).once('close', ended);
  stream.on('error', (error) => output.destroy(error));
  return { input: stream, output, end: () => void stream.destroy() };
}
