import { PassThrough, type Writable } from 'node:stream';
import { HighwaterError, messageOf } from '../../../core/errors.ts';
import { seconds } from '../../../core/time.ts';
import type { Container } from '../engine.ts';

/**
 * A shell that stays in a sandbox and does one thing after the other. To start a process in a
 * container from outside takes an engine a good part of a second of processor time; to ask a shell
 * that is there already takes milliseconds, and looks at links come by the dozen.
 */
export interface SandboxShell {
  /** Runs a command line, with text for its standard input; rejects when it does not exit 0. */
  run(command: string, input?: string): Promise<string>;
  close(): void;
}

const ANSWERS_WITHIN = seconds(20);

/** Opens one; it ends with its sandbox. */
export function openShell(container: Container): SandboxShell {
  let opening: Promise<Channel> | undefined;
  let last: Promise<unknown> = Promise.resolve();
  const ask = async (command: string, input: string): Promise<string> => {
    opening ??= openChannel(container);
    try {
      return await (await opening).ask(command, input);
    } catch (thrown) {
      // Nobody knows where its answers stand: the next question goes to a new one.
      opening?.then((channel) => channel.end()).catch(() => {});
      opening = undefined;
      throw thrown;
    }
  };
  return {
    run: (command, input = '') => {
      const turn = last.catch(() => {}).then(() => ask(command, input));
      last = turn;
      return turn.then((answer) => {
        const [, text = '', code = ''] = /^([\s\S]*)\n(\d+)$/.exec(answer) ?? [];
        if (code === '0') return text;
        const said = `${command}: exit code ${code}: ${text.trim() || 'it said nothing'}`;
        throw new HighwaterError('FAULT_FAILED', `in a sandbox: ${said}`);
      });
    },
    close: () => void opening?.then((channel) => channel.end()).catch(() => {}),
  };
}

interface Channel {
  /** The output of a command, a line end, and its exit code. */
  ask(command: string, input: string): Promise<string>;
  end(): void;
}

async function openChannel(container: Container): Promise<Channel> {
  const exec = await container.exec({
    Cmd: ['sh'],
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
  });
  const stream = await exec.start({ hijack: true, stdin: true });
  const output = new PassThrough({ encoding: 'utf8' });
  container.modem.demuxStream(stream, output, output);
  let heard = '';
  let waiting: {
    end: string;
    resolve: (text: string) => void;
    reject: (why: Error) => void;
  } | null = null;
  output.on('data', (chunk: string) => {
    heard += chunk;
    const at = waiting === null ? -1 : heard.indexOf(waiting.end);
    if (waiting === null || at < 0) return;
    const { resolve, end } = waiting;
    waiting = null;
    const text = heard.slice(0, at);
    heard = heard.slice(at + end.length);
    resolve(text);
  });
  const lost = (why?: unknown): void => {
    const text = `the shell in a sandbox ended${why === undefined ? '' : `: ${messageOf(why)}`}`;
    waiting?.reject(new HighwaterError('FAULT_FAILED', text));
    waiting = null;
  };
  stream.once('end', () => lost()).once('close', () => lost());
  stream.on('error', lost);
  let asked = 0;
  return {
    ask: async (command, input) => {
      asked += 1;
      const end = `\n--highwater-${asked}--\n`;
      const here = `HIGHWATER_${asked}`;
      const fed =
        input === '' ? `${command} </dev/null` : `${command} <<'${here}'\n${input}\n${here}`;
      const answer = new Promise<string>((resolve, reject) => {
        waiting = { end, resolve, reject };
      });
      const late = setTimeout(() => lost('no answer in time'), ANSWERS_WITHIN);
      (stream as Writable).write(`${fed}\nprintf '\\n%s\\n--highwater-${asked}--\\n' $?\n`);
      try {
        return await answer;
      } finally {
        clearTimeout(late);
      }
    },
    end: () => void stream.destroy(),
  };
}
