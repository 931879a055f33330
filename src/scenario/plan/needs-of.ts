import type { Needs } from '../../environments/capabilities.ts';
import type { RoleSpec } from '../../environments/node.ts';
import type { StepPlan } from '../../record/plan.ts';
import type { Catalog } from './catalog.ts';

/** A disk of a limited size may be made of memory. */
const memoryOf = ({ memory, volumeLimits = {} }: RoleSpec): number =>
  Object.values(volumeLimits).reduce((sum, limit) => sum + limit, Number(memory));

/** Whether a step fetches something before there is load; jars may have to come from Maven. */
export const fetches = (
  timeline: readonly StepPlan[],
  { changes }: Pick<Catalog, 'changes'>,
): boolean =>
  timeline.some(
    (step) => step.kind === 'change' && changes.get(step.change)?.prepare !== undefined,
  );

/** What a plan needs of an environment: that of the system, and what its steps add to it. */
export function needsOf(
  timeline: readonly StepPlan[],
  catalog: Pick<Catalog, 'faults' | 'changes'>,
  system: { readonly roles: readonly RoleSpec[]; readonly software: Needs['software'] },
): Needs {
  const capabilities = timeline.flatMap((step) => {
    const kind =
      step.kind === 'fault' ? catalog.faults.get(step.fault) : catalog.changes.get(step.change);
    return kind?.needs(step.params) ?? [];
  });
  const brought = timeline.flatMap((step) =>
    step.kind === 'fault' ? [] : (catalog.changes.get(step.change)?.software?.(step.params) ?? []),
  );
  const grows = capabilities.includes('node.add');
  const most = ({ count, countMax }: RoleSpec): number => (grows ? countMax : count);
  return {
    capabilities: [...new Set(capabilities)],
    software: [...system.software, ...brought],
    memory: system.roles.reduce((sum, role) => sum + most(role) * memoryOf(role), 0),
    // Three copies of a gigabyte and its logs are far more than a bounded load writes.
    disk: 5 * 1024 ** 3,
  };
}
