/**
 * The NodePorts that kind-config.yaml publishes on 127.0.0.1, under the same numbers: runs on a
 * kind cluster share them out, and nothing else in it can be reached from outside.
 */
export const NODE_PORTS = { host: '127.0.0.1', first: 30_900, last: 30_971 } as const;
