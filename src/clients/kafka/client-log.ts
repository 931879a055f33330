import { appendFileSync } from 'node:fs';
import { wallClock } from '../../core/wall-clock.ts';

/** One line of what a client library says of itself. */
export interface ClientLogLine {
  readonly level: 'error' | 'warn' | 'info' | 'debug';
  /** The part of the library that speaks. */
  readonly from: string;
  readonly message: string;
  /** What it says besides: the broker that it asked, the error that it got. */
  readonly facts?: Readonly<Record<string, unknown>>;
}

/** Takes what a client library would print. */
export type ClientLog = (line: ClientLogLine) => void;

/** Lines of a second that are written; the rest is counted, should a client go round in circles. */
const A_SECOND_MAX = 200;

/** Facts that say nothing more to a reader: what stands before them, and where in the library. */
const LEFT_OUT = new Set(['timestamp', 'logger', 'message', 'clientId', 'stack', 'helpUrl']);

/**
 * Writes a client's log to a file, a line each: time (UTC), level, who, part, message, facts. The
 * file may be shared with other threads; it is made with the first line. A line that cannot be
 * written is dropped: the load does not end over it, and what the record itself cannot hold is
 * told by the record.
 */
export function clientLogFile(path: string, who: string, now = wallClock): ClientLog {
  const write = (at: Date, line: ClientLogLine): void => {
    try {
      appendFileSync(path, `${at.toISOString()} ${shown(line, who)}\n`);
    } catch {
      // The disk is full, the folder is gone, or what the library tells is no JSON.
    }
  };
  let second = 0;
  let written = 0;
  let unwritten = 0;
  return (line) => {
    const at = now();
    const here = Math.floor(at.getTime() / 1_000);
    if (here !== second) {
      if (unwritten > 0) {
        const message = `${unwritten} lines were not written`;
        write(at, { level: 'warn', from: 'log', message });
      }
      second = here;
      written = 0;
      unwritten = 0;
    }
    if (written === A_SECOND_MAX) {
      unwritten += 1;
      return;
    }
    written += 1;
    write(at, line);
  };
}

function shown({ level, from, message, facts = {} }: ClientLogLine, who: string): string {
  const told = Object.entries(facts).filter(([key]) => !LEFT_OUT.has(key));
  const tail = told.length === 0 ? '' : ` ${JSON.stringify(Object.fromEntries(told))}`;
  // Messages of libraries have line breaks in them; a line of the file is a line of the log.
  const text = `${from}: ${message}${tail}`.replaceAll(/\s*[\r\n]+\s*/g, ' ');
  return `${level.toUpperCase().padEnd(5)} ${who} ${text}`;
}
