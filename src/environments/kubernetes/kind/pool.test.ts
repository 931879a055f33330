import { readFileSync } from 'node:fs';
import { loadYaml } from '@kubernetes/client-node';
import { describe, expect, it } from 'vitest';
import { KIND_CONFIG } from './kind-command.ts';
import { NODE_PORTS } from './pool.ts';

interface KindConfig {
  readonly nodes: readonly {
    readonly role: string;
    readonly extraPortMappings?: readonly Readonly<Record<string, unknown>>[];
  }[];
}

describe('the pool of node ports', () => {
  const { host, first, last } = NODE_PORTS;
  const ports = Array.from({ length: last - first + 1 }, (_, index) => first + index);
  const { nodes } = loadYaml<KindConfig>(readFileSync(KIND_CONFIG, 'utf8'));

  it('is what kind-config.yaml publishes, on loopback and under the same numbers', () => {
    expect(nodes.map(({ role }) => role)).toEqual(['control-plane', 'worker', 'worker']);
    expect(nodes.flatMap(({ extraPortMappings = [] }) => extraPortMappings)).toEqual(
      ports.map((port) => ({
        containerPort: port,
        hostPort: port,
        listenAddress: host,
        protocol: 'TCP',
      })),
    );
  });

  it('lies where NodePorts may be, below the ports that kernels hand out by themselves', () => {
    expect(first).toBeGreaterThanOrEqual(30_000);
    expect(last).toBeLessThan(32_768);
  });
});
