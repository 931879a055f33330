import { readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { realClock } from '../../../src/core/clock.ts';
import { seconds } from '../../../src/core/time.ts';
import { waitFor } from '../../../src/core/wait-for.ts';
import { type Endpoint, showEndpoint } from '../../../src/environments/endpoint.ts';

const never = new AbortController().signal;

/** Waits until a look is as wanted. */
export const until = <T>(
  what: string,
  look: () => T | Promise<T>,
  wanted: (value: T) => boolean,
): Promise<T> =>
  waitFor(
    { what, look: async () => look(), show: (value) => JSON.stringify(value) },
    { clock: realClock(), signal: never, within: seconds(60), until: wanted },
  );

/** Waits until somebody listens there. */
export const untilListening = (endpoint: Endpoint): Promise<boolean> =>
  until(`${showEndpoint(endpoint)} listens`, () => listens(endpoint), Boolean);

/** Whether somebody listens there now. */
export const listens = (endpoint: Endpoint): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(endpoint.port, endpoint.host);
    const done = (connected: boolean): void => {
      socket.destroy();
      resolve(connected);
    };
    socket.once('connect', () => done(true));
    socket.once('error', () => done(false));
  });

/** Living processes that have `name=value` in their environment, with their command lines. */
export function markedProcesses(name: string, value: string): readonly string[] {
  return readdirSync('/proc')
    .filter((pid) => Number(pid) > 0 && Number(pid) !== process.pid)
    .filter((pid) => readOr(`/proc/${pid}/environ`).split('\0').includes(`${name}=${value}`))
    .filter((pid) => !/\) [ZX] /.test(readOr(`/proc/${pid}/stat`, ') Z ')))
    .map((pid) => `${pid} ${readOr(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').slice(0, 80)}`);
}

function readOr(file: string, otherwise = ''): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return otherwise;
  }
}
