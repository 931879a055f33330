import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { askedFor as benchFlags } from '../scripts/flags/bench.ts';
import { askedFor as testFlags } from '../scripts/flags/test.ts';
import { askedFor as cleanupFlags } from '../scripts/flags/test-cleanup.ts';
import { EXIT } from '../src/core/errors.ts';
import { runCommand } from '../src/core/exec.ts';
import { seconds } from '../src/core/time.ts';

describe('flags of the scripts', () => {
  it('say what is tested, and how often is killed', () => {
    expect(testFlags([])).toEqual({ containers: false, kubernetes: false, all: false, kills: 10 });
    expect(testFlags(['--containers', '--kills', '30'])).toMatchObject({
      containers: true,
      kills: 30,
    });
    expect(() => testFlags(['--kills', '1.5'])).toThrow("argument '1.5' is invalid");
    expect(() => testFlags(['--container'])).toThrow("unknown option '--container'");
    expect(() => testFlags(['failover'])).toThrow('too many arguments');
  });

  it('kill fewer runs with ZooKeeper where both are killed', () => {
    expect([...cleanupFlags(['--seed', '7']).kills]).toEqual([
      ['kraft', 40],
      ['zookeeper', 10],
    ]);
    expect([...cleanupFlags(['--mode', 'kraft', '--kills', '3']).kills]).toEqual([['kraft', 3]]);
    expect(() => cleanupFlags(['--mode', 'raft'])).toThrow('Allowed choices are kraft');
  });

  it('measure all, or what is listed and known', () => {
    const all = ['start', 'load', 'judging', 'report'];
    expect(benchFlags([])).toEqual({ only: all, env: ['local'], out: 'reports/bench.json' });
    expect(benchFlags(['--only', 'report,load']).only).toEqual(['load', 'report']);
    expect(() => benchFlags(['--only', 'load,lode'])).toThrow('Expected some of start,load');
    expect(() => benchFlags(['--env', 'memory'])).toThrow('Expected some of local,container');
  });

  it.each(['test', 'bench', 'suites', 'test-cleanup'])('are told by %s --help', async (name) => {
    const script = fileURLToPath(new URL(`../scripts/${name}.ts`, import.meta.url));
    const { code, stdout, stderr } = await runCommand([process.execPath, script, '--help'], {
      signal: new AbortController().signal,
      within: seconds(30),
    });
    expect({ code, stderr }).toEqual({ code: EXIT.holds, stderr: '' });
    expect(stdout).toMatch(/^Usage: npm (?:run )?\S+ -- .*\[flags\]/);
  });
});
