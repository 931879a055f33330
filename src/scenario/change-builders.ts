import type { ChangeRef } from './scenario.ts';

/** Nodes of a change: a role, nodes by their ids, or both; all of them when neither is said. */
export interface WhichNodes {
  readonly role?: string;
  readonly nodes?: readonly string[];
}

/** Every node is stopped by SIGTERM and started again, one after the other. */
export const rollingRestart = (which: WhichNodes = {}): ChangeRef => ({
  change: 'rolling-restart',
  params: paramsOf(which),
});

/**
 * Every node of Kafka comes back as another version, one after the other, controllers first; then
 * metadata.version is raised as high as it goes, or `features` to the levels that are said.
 */
export const rollingUpgrade = (options: {
  readonly to: string;
  readonly features?: 'keep' | Readonly<Record<string, number>>;
}): ChangeRef => ({
  change: 'rolling-upgrade',
  params: {
    to: options.to,
    ...(options.features === undefined ? {} : { features: options.features }),
  },
});

const paramsOf = ({ role, nodes }: WhichNodes): ChangeRef['params'] => ({
  ...(role === undefined ? {} : { role }),
  ...(nodes === undefined ? {} : { nodes: [...nodes] }),
});
