import assert from 'node:assert/strict';
import type { Capability } from '../capabilities.ts';
import type { ConformanceCheck } from './check.ts';
import { LINK_CHECKS } from './link-checks.ts';
import { PROCESS_CHECKS } from './process-checks.ts';
import { RUN_CHECKS } from './run-checks.ts';
import { VOLUME_CHECKS } from './volume-checks.ts';

/**
 * What every environment promises, in one description for all of them. An environment is held
 * against a promise when it offers all that it is about; what it does not offer has to be absent
 * (`ABSENT`), so that no suite can find a control that nobody vouches for.
 */
export const CONFORMANCE: readonly ConformanceCheck[] = [
  ...RUN_CHECKS,
  ...PROCESS_CHECKS,
  ...VOLUME_CHECKS,
  ...LINK_CHECKS,
  {
    promise: 'what is not on offer is not there',
    needs: [],
    wanted: { nodes: 1 },
    look: async ({ environment, nodes, book }) => {
      const [node] = nodes;
      const { process, volumes } = {
        process: node?.control('process'),
        volumes: node?.control('volumes'),
      };
      const there: Partial<Record<Capability, unknown>> = {
        'process.pause': process?.pause ?? process?.resume,
        'node.replace': process?.replace,
        'volume.read': volumes,
        'volume.limit': volumes?.fill ?? volumes?.drain,
        'volume.fail': volumes?.fail ?? volumes?.mend,
        'threads.dump': node?.control('threads'),
        'link.cut': book.links ?? undefined,
      };
      for (const [capability, control] of Object.entries(there)) {
        if (environment.offers.offered.has(capability as Capability)) continue;
        assert.equal(control, undefined, `${capability} is not on offer and its control is there`);
      }
    },
  },
];
