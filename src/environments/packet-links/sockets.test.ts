import { describe, expect, it } from 'vitest';
import { readSockets } from './sockets.ts';

describe('what ss tells', () => {
  it('is read by connection, whichever family its socket is of', () => {
    const text =
      '0      52     [::ffff:172.18.0.3]:9092   [::ffff:172.18.0.4]:40312 cubic wscale:7,7 rto:204 ' +
      'bytes_sent:1200 bytes_retrans:52 bytes_acked:1148 bytes_received:77 retrans:1/3\n' +
      '0      0               172.18.0.3:9093            172.18.0.2:55812 cubic\n' +
      'ESTAB 3 7 10.0.0.1:1 10.0.0.2:2 cubic rto:204 retrans:0/9\n\n';
    expect(readSockets(text)).toEqual([
      {
        local: { host: '172.18.0.3', port: 9092 },
        remote: { host: '172.18.0.4', port: 40312 },
        heldBytes: 52,
        ackedBytes: 1148,
        receivedBytes: 77,
      },
      {
        local: { host: '172.18.0.3', port: 9093 },
        remote: { host: '172.18.0.2', port: 55812 },
        heldBytes: 0,
        ackedBytes: 0,
        receivedBytes: 0,
      },
      // Under way, on a connection that lost something long ago.
      expect.objectContaining({ heldBytes: 0, remote: { host: '10.0.0.2', port: 2 } }),
    ]);
    expect(readSockets('')).toEqual([]);
  });
});
