import { describe, expect, it } from 'vitest';
import type { Environment } from '../../src/environments/environment.ts';
import type { Node } from '../../src/environments/node.ts';
import { leaderDown, outcomes, runReal, why } from '../integration/support/whole-run.ts';

/** The same machine, but SIGKILL is never sent. */
function harmless(real: Environment): Environment {
  const spared = (node: Node): Node => ({
    id: node.id,
    role: node.role,
    spec: node.spec,
    logFile: node.logFile,
    look: (signal) => node.look(signal),
    control: (kind) => {
      const control = node.control(kind);
      if (kind !== 'process' || control === undefined) return control;
      return { ...control, kill: async () => {} };
    },
  });
  return {
    ...real,
    launch: async (nodes, book, run) => (await real.launch(nodes, book, run)).map(spared),
    [Symbol.asyncDispose]: () => real[Symbol.asyncDispose](),
  };
}

describe('a run on three real brokers', () => {
  it('cannot tell when the kill was never sent', async () => {
    const run = await runReal(leaderDown, { environment: harmless });
    expect(outcomes(run)['faults-bit-and-healed'], why(run)).toBe('inconclusive');
    expect(outcomes(run)['failover-within']).toBe('inconclusive');
    expect(run.result.exit, why(run)).toBe(2);
  });

  it('cannot tell when the load generator did not keep up', async () => {
    const run = await runReal(leaderDown, { throttle: 100 });
    expect(outcomes(run)['load-was-real'], why(run)).toBe('inconclusive');
    expect(run.result.exit, why(run)).toBe(2);
  });
});
