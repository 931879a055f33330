import type { Checker } from '../checkers/checker.ts';
import type { Environment } from '../environments/environment.ts';
import type { LeaseBook } from '../leases/lease-book.ts';
import type { Catalog } from './plan/catalog.ts';
import type { Planned } from './plan/plan.ts';
import type { RunParts } from './run/run-parts.ts';

/** What the composition root gives to whoever conducts runs. */
export interface Composition {
  readonly catalog: Catalog;
  readonly checkers: ReadonlyMap<string, Checker>;
  /** The parts for a plan on this environment. */
  parts(planned: Planned, environment: Environment): RunParts;
  openLeases(file: string, run: string): LeaseBook;
}
