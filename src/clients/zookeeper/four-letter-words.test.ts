import { createServer, type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { askWord, type ServerAddress } from './four-letter-words.ts';

const never = new AbortController().signal;

/** Asks a server that does this with whoever has sent it a word. */
async function asked(react: (socket: Socket, word: string) => void): Promise<string> {
  const server = createServer((socket) => {
    socket.on('error', () => {}); // The client hangs up as it likes.
    socket.once('data', (word) => react(socket, word.toString('utf8')));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  try {
    const { address: host, port } = server.address() as { address: string; port: number };
    const at: ServerAddress = { host, port };
    return await askWord(at, 'srvr', never);
  } finally {
    server.close();
  }
}

describe('a four-letter word', () => {
  it('is answered until the server closes the connection', async () => {
    const answer = await asked((socket, word) => {
      socket.write(`${word}: `);
      socket.end('Mode: leader\n');
    });
    expect(answer).toBe('srvr: Mode: leader\n');
  });

  it.each([
    [
      'This ZooKeeper instance is not currently serving requests\n',
      'srvr: it serves nobody, for want of a quorum',
    ],
    [
      'srvr is not executed because it is not in the whitelist.\n',
      'srvr: the word is not in its whitelist',
    ],
    ['', 'srvr: it closed the connection without a word'],
  ])('that is answered by %j is no answer', async (text, why) => {
    await expect(asked((socket) => socket.end(text))).rejects.toThrow(why);
  });

  it('is given up when the server takes it and says nothing', async () => {
    await expect(asked(() => {})).rejects.toThrow(/no answer in 1 s/);
  });

  it('fails where nobody listens', async () => {
    await expect(askWord({ host: '127.0.0.1', port: 1 }, 'ruok', never)).rejects.toThrow(
      /ZooKeeper at 127\.0\.0\.1:1: .*ECONNREFUSED/,
    );
  });
});
