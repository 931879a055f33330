import type { Checker } from '../../checkers/checker.ts';
import type { JsonObject } from '../../core/json.ts';
import type { Capabilities } from '../../environments/capabilities.ts';
import type { FaultKind } from '../../faults/fault.ts';
import type { ChangeKind } from '../../maintenance/change.ts';
import { type Profile } from '../../record/plan.ts';
import type { SystemKind } from '../../systems/system.ts';
import type { Workload } from '../../workloads/workload.ts';

/** The parts that a plan may name; handed in by the composition root. */
export interface Catalog {
  /**
   * The system for a key of the topology, as this environment can start it; undefined when none.
   */
  system(key: string, start: Capabilities['start']): SystemKind | undefined;
  readonly workloads: ReadonlyMap<string, Workload>;
  readonly faults: ReadonlyMap<string, FaultKind>;
  readonly changes: ReadonlyMap<string, ChangeKind>;
  readonly checkers: ReadonlyMap<string, Checker>;
  readonly watches: ReadonlySet<string>;
}

/** What a plan depends on beside the scenario. */
export interface PlanOptions {
  readonly environment: string;
  readonly offers: Capabilities;
  readonly seed: string;
  readonly profile: Profile;
  readonly control: boolean;
  /** By system: keys of its topology that replace what the suite says. */
  readonly overrides?: Readonly<Record<string, JsonObject>>;
  /** The suite file, relative; for the record only. */
  readonly suite: string;
}
