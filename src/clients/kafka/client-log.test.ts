import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { clientLogFile } from './client-log.ts';
import { kafkajsClient } from './kafkajs/client.ts';

const START = Date.UTC(2026, 4, 4, 3, 12);
let folder: string;
let path: string;
let at: number;
const now = (): Date => new Date(at);
const lines = (): string[] => readFileSync(path, 'utf8').split('\n').slice(0, -1);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'highwater-client-log-'));
  path = join(folder, 'clients.log');
  at = START;
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('the log of clients', () => {
  it('has a line each with time, level, who, part, message and facts', () => {
    const log = clientLogFile(path, 'p0', now);
    log({ level: 'warn', from: 'commit', message: 'not the\n  coordinator' });
    at += 7;
    const facts = { timestamp: 'x', stack: 'y', broker: '127.0.0.2:9092', error: 'gone' };
    log({ level: 'error', from: 'Connection', message: 'Response Produce', facts });
    expect(lines()).toEqual([
      '2026-05-04T03:12:00.000Z WARN  p0 commit: not the coordinator',
      '2026-05-04T03:12:00.007Z ERROR p0 Connection: Response Produce ' +
        '{"broker":"127.0.0.2:9092","error":"gone"}',
    ]);
  });

  it('takes lines of several workers', () => {
    clientLogFile(path, 'p0', now)({ level: 'info', from: 'a', message: 'one' });
    clientLogFile(path, 'c0', now)({ level: 'info', from: 'b', message: 'two' });
    expect(lines().map((line) => line.slice(25))).toEqual(['INFO  p0 a: one', 'INFO  c0 b: two']);
  });

  it('counts what a client that goes round in circles says', () => {
    const log = clientLogFile(path, 'p0', now);
    for (let line = 0; line < 1_000; line += 1) log({ level: 'warn', from: 'a', message: 'again' });
    at += 1_000;
    log({ level: 'warn', from: 'a', message: 'later' });
    expect(lines()).toHaveLength(202);
    expect(
      lines()
        .slice(-2)
        .map((line) => line.slice(25)),
    ).toEqual(['WARN  p0 log: 800 lines were not written', 'WARN  p0 a: later']);
  });

  it('does not end the load when it cannot be written', () => {
    const log = clientLogFile(join(folder, 'nowhere', 'clients.log'), 'p0', now);
    expect(() => log({ level: 'info', from: 'a', message: 'one' })).not.toThrow();
  });

  it('does not end the load over facts that are no JSON', () => {
    const log = clientLogFile(path, 'p0', now);
    const message = 'Offset out of range';
    expect(() => log({ level: 'error', from: 'a', message, facts: { offset: 1n } })).not.toThrow();
  });

  it('is told by kafkajs which broker did not answer', async () => {
    const log = clientLogFile(path, 'p0', now);
    const bootstrap = ['127.0.0.1:1'];
    const client = kafkajsClient({ bootstrap, clientId: 'x', requestTimeout: 100 as never, log });
    await expect(client.kafka.admin().connect()).rejects.toThrow('ECONNREFUSED');
    client.end();
    expect(lines()[0]).toMatch(
      /ERROR p0 Connection: Connection error: connect ECONNREFUSED .*"broker":"127\.0\.0\.1:1"/,
    );
  });
});
