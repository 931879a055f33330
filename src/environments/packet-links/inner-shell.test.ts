import { describe, expect, it } from 'vitest';
import { virtualClock } from '../../core/virtual-clock.ts';
import { openInnerShell } from './inner-shell.ts';
import { FakeNetwork } from './testing/fake-network.ts';

const setUp = () => {
  const clock = virtualClock();
  const network = new FakeNetwork(clock);
  const shell = openInnerShell({ node: 'broker-1', open: network.shell, clock });
  return { clock, network, shell };
};

describe('a shell in the network of a node', () => {
  it('is opened when it is first asked, and does one thing after the other', async () => {
    const { network, shell } = setUp();
    expect(network.opened).toBe(0);
    network.sockets = 'größer';
    const answers = [shell.run('ss'), shell.run('nft -f -', 'text'), shell.run('ss')];
    expect(await Promise.all(answers)).toEqual(['größer', '', 'größer']);
    expect(network.told).toEqual(['text']);
    expect(network.opened).toBe(1);
  });

  it('says what failed and where, and opens anew', async () => {
    const { network, shell } = setUp();
    network.mood = 'failing';
    await expect(shell.run('ss -t')).rejects.toThrowErrorMatchingInlineSnapshot(
      `[HighwaterError: in the network of broker-1: ss -t: exit code 1: no such thing]`,
    );
    // That was an answer.
    expect(network.opened).toBe(1);
    network.mood = 'dying';
    const lost = shell.run('ss');
    const next = shell.run('ss').then(() => network.opened);
    await expect(lost).rejects.toThrowErrorMatchingInlineSnapshot(
      `[HighwaterError: in the network of broker-1: the shell ended]`,
    );
    await expect(next).rejects.toThrow('the shell ended');
    network.mood = 'well';
    expect(await shell.run('ss')).toBe('');
    expect(network).toMatchObject({ opened: 3, ended: 2 });
  });

  it('does not wait for ever', async () => {
    const { clock, network, shell } = setUp();
    network.mood = 'mute';
    const from = clock.now();
    await expect(shell.run('ss')).rejects.toThrowErrorMatchingInlineSnapshot(
      `[HighwaterError: in the network of broker-1: the shell did not answer in time]`,
    );
    expect(clock.now() - from).toBe(20_000);
    network.mood = 'well';
    expect(await shell.run('ss')).toBe('');
    const never = openInnerShell({ node: 'b', open: () => new Promise(() => {}), clock });
    await expect(never.run('ss')).rejects.toThrow('did not answer in time');
  });

  it('that ended while nobody asked is replaced, and nobody is told', async () => {
    const { network, shell } = setUp();
    await shell.run('ss');
    network.dropShells();
    await new Promise(setImmediate);
    expect(await shell.run('ss')).toBe('');
    expect(network.opened).toBe(2);
  });

  it('that could not be opened is opened when it is asked again', async () => {
    const { clock, network } = setUp();
    let refused = 0;
    const open = async () => {
      refused += 1;
      if (refused === 1) throw new Error('no such container');
      return network.shell();
    };
    const shell = openInnerShell({ node: 'broker-1', open, clock });
    await expect(shell.run('ss')).rejects.toThrow('no such container');
    expect(await shell.run('ss')).toBe('');
  });

  it('rejects what is under way when it is closed, and whatever comes later', async () => {
    const { network, shell } = setUp();
    network.mood = 'mute';
    const asked = shell.run('ss');
    const queued = shell.run('ss');
    shell.close();
    await expect(asked).rejects.toThrowErrorMatchingInlineSnapshot(
      `[HighwaterError: in the network of broker-1: the shell was closed]`,
    );
    await expect(queued).rejects.toThrow('the shell was closed');
    await expect(shell.run('ss')).rejects.toThrow('the shell was closed');
    expect(network.opened - network.ended).toBe(0);
  });
});
