import type { Readable, Writable } from 'node:stream';
import type { Clock } from '../../core/clock.ts';
import { HighwaterError, messageOf } from '../../core/errors.ts';
import { type Span, seconds } from '../../core/time.ts';
import { untilAborted } from '../../core/until-aborted.ts';

/**
 * A shell that stays in the network of a node and does one thing after the other. To start a
 * process there from outside takes an engine a good part of a second of processor time; to ask a
 * shell that is there already takes milliseconds, and looks at links come by the dozen.
 */
export interface InnerShell {
  /** Runs a command line, with text for its standard input; rejects when it does not exit 0. */
  run(command: string, input?: string): Promise<string>;
  /** Ends it; what is still being run is rejected, and so is whatever comes later. */
  close(): void;
}

/** A `sh` that runs and reads commands from its standard input. */
export interface Channel {
  readonly input: Writable;
  /** What it writes, to standard output and standard error, as UTF-8; its end is the shell's. */
  readonly output: Readable;
  end(): void;
}

const OPENS_WITHIN = seconds(60);
const ANSWERS_WITHIN = seconds(20);

/** What a shell is opened by. */
export interface InnerShellParts {
  /** In whose network it is, for messages. */
  readonly node: string;
  /** Called before the first command, and again when a channel was lost. */
  readonly open: () => Promise<Channel>;
  readonly clock: Clock;
}

/** Makes one; nothing is opened before it is asked, and it ends with the node's network. */
export function openInnerShell({ node, open, clock }: InnerShellParts): InnerShell {
  const failed = (text: string): HighwaterError =>
    new HighwaterError('FAULT_FAILED', `in the network of ${node}: ${text}`);
  const closed = new AbortController();
  /** The work's result, unless that takes too long or the shell is closed before. */
  const inTime = async <T>(work: Promise<T>, within: Span): Promise<T> => {
    const over = new AbortController();
    const signal = AbortSignal.any([closed.signal, over.signal]);
    const late = (): void => over.abort(failed('the shell did not answer in time'));
    clock.sleep(within, signal).then(late, () => {}); // Done before, or closed.
    try {
      return await untilAborted(work, signal);
    } finally {
      over.abort(failed('the shell has answered'));
    }
  };

  let opening: Promise<Talk> | undefined;
  const forget = (): void => {
    opening?.then((talk) => talk.end()).catch(() => {});
    opening = undefined;
  };
  const talkNow = async (): Promise<Talk> => {
    // Lost while nobody asked anything: there is nothing to tell anybody.
    if (opening !== undefined && (await opening).isLost()) forget();
    opening ??= open().then((channel) => talkOver(channel, failed));
    return opening;
  };
  const ask = async (command: string, input: string): Promise<string> => {
    closed.signal.throwIfAborted();
    try {
      const talk = await inTime(talkNow(), OPENS_WITHIN);
      return await inTime(talk.ask(command, input), ANSWERS_WITHIN);
    } catch (thrown) {
      // Nobody knows where its answers stand: the next question goes to a new one.
      forget();
      throw thrown;
    }
  };

  let last: Promise<unknown> = Promise.resolve();
  return {
    run: async (command, input = '') => {
      const turn = last.catch(() => {}).then(() => ask(command, input));
      last = turn;
      const [, text = '', code = ''] = /^([\s\S]*)\n(\d+)$/.exec(await turn) ?? [];
      if (code === '0') return text;
      throw failed(`${command}: exit code ${code}: ${text.trim() || 'it said nothing'}`);
    },
    close: () => {
      closed.abort(failed('the shell was closed'));
      forget();
    },
  };
}

interface Talk {
  /** The output of a command, a line end, and its exit code. */
  ask(command: string, input: string): Promise<string>;
  isLost(): boolean;
  end(): void;
}

interface Waiting {
  readonly end: string;
  readonly resolve: (text: string) => void;
  readonly reject: (why: Error) => void;
}

/** Questions and answers over a channel. */
function talkOver(channel: Channel, failed: (text: string) => HighwaterError): Talk {
  let heard = '';
  let waiting: Waiting | null = null;
  let lost: HighwaterError | null = null;
  const { input, output } = channel;
  output.setEncoding('utf8').on('data', (chunk: string) => {
    heard += chunk;
    const at = waiting === null ? -1 : heard.indexOf(waiting.end);
    if (waiting === null || at < 0) return;
    const { resolve, end } = waiting;
    waiting = null;
    const text = heard.slice(0, at);
    heard = heard.slice(at + end.length);
    resolve(text);
  });
  const lose = (why?: unknown): void => {
    lost ??= failed(`the shell ended${why === undefined ? '' : `: ${messageOf(why)}`}`);
    waiting?.reject(lost);
    waiting = null;
  };
  output.once('end', () => lose()).once('close', () => lose());
  output.on('error', lose);
  input.on('error', lose);
  if (output.destroyed) lose();
  let asked = 0;
  return {
    ask: async (command, text) => {
      asked += 1;
      const mark = `--highwater-${asked}--`;
      const here = `HIGHWATER_${asked}`;
      const fed =
        text === '' ? `${command} </dev/null` : `${command} <<'${here}'\n${text}\n${here}`;
      return new Promise<string>((resolve, reject) => {
        if (lost !== null) return reject(lost);
        waiting = { end: `\n${mark}\n`, resolve, reject };
        input.write(`${fed}\nprintf '\\n%s\\n${mark}\\n' $?\n`);
      });
    },
    isLost: () => lost !== null,
    end: () => channel.end(),
  };
}
