import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HighwaterError } from '../../core/errors.ts';
import { askConductor, type ControlHandler, type ControlServer, serveControl } from './control.ts';

const never = new AbortController().signal;
const deaf = { tell: () => {}, signal: never };
let root = '';
let path = '';
let server: ControlServer | undefined;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'hw-control-'));
  path = join(root, 'control.sock');
});
afterEach(async () => {
  server?.stop();
  await server?.ended;
  server = undefined;
  rmSync(root, { recursive: true });
});
const serve = async (handle: ControlHandler): Promise<void> => {
  server = await serveControl(path, handle);
};

describe('a conductor', () => {
  it('tells what it does line by line, and then what came of it', async () => {
    await serve(async (request, { tell }) => {
      tell('first');
      tell('second');
      return { asked: request };
    });
    const told: string[] = [];
    const tell = (line: string) => told.push(line);
    const answer = await askConductor(path, { do: 'x', a: 1 }, { tell, signal: never });
    expect(answer).toEqual({ asked: { do: 'x', a: 1 } });
    expect(told).toEqual(['first', 'second']);
  });

  it('can be talked to by its user alone', async () => {
    await serve(async () => ({}));
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('hands on what went wrong, with its code and its hint', async () => {
    await serve(async () => {
      throw new HighwaterError('PLAN_IMPOSSIBLE', 'no such fault', { hint: 'look again' });
    });
    await expect(askConductor(path, { do: 'x' }, deaf)).rejects.toMatchObject({
      code: 'PLAN_IMPOSSIBLE',
      message: 'no such fault',
      hint: 'look again',
    });
  });

  it('hears when whoever asked has left', async () => {
    const left = new Promise<Error>((resolve) => {
      void serve(async (_, { signal, tell }) => {
        signal.addEventListener('abort', () => resolve(signal.reason as Error));
        tell('begun');
        await new Promise(() => {}); // Until it is called off, which ends with the test.
        return {};
      });
    });
    const leaving = new AbortController();
    const asked = askConductor(
      path,
      { do: 'x' },
      {
        tell: () => leaving.abort(new Error('enough')),
        signal: leaving.signal,
      },
    );
    await expect(asked).rejects.toThrow('enough');
    expect((await left).message).toBe('whoever asked has left');
  });

  it('that is not there is told as such', async () => {
    await expect(askConductor(path, { do: 'x' }, deaf)).rejects.toMatchObject({
      code: 'ENV_NOT_READY',
      message: expect.stringContaining('the conductor cannot be asked: connect ENOENT'),
    });
  });

  it('answers those that it heard, although it takes no new ones', async () => {
    await serve(async () => {
      server?.stop();
      return { last: true };
    });
    expect(await askConductor(path, { do: 'down' }, deaf)).toEqual({ last: true });
    await server?.ended;
    await expect(askConductor(path, { do: 'x' }, deaf)).rejects.toThrow('cannot be asked');
  });
});
