import { HighwaterError } from '../../core/errors.ts';
import type { Scenario } from './scenario.ts';

/** A scenario as a suite file declared it; `suite` is filled in by whoever loaded the file. */
export interface Declared {
  readonly scenario: Scenario;
}

/** Takes what a suite file declares: the CLI's list, or the vitest skin's describe. */
export type Collector = (declared: Declared) => void;

// Kept on globalThis: a suite file may be loaded through another copy of this module than ours.
const SLOT = Symbol.for('highwater.collector');
type Holder = { [SLOT]?: Collector | undefined };

/** Installs the collector and returns an undo. */
export function installCollector(collector: Collector): () => void {
  const holder = globalThis as Holder;
  const before = holder[SLOT];
  holder[SLOT] = collector;
  return () => {
    holder[SLOT] = before;
  };
}

/**
 * Declares a scenario: one system under one load, what is done to it, and what must hold.
 * Nothing runs here; `highwater run` or vitest runs what a suite file declares.
 */
export function scenario(name: string, definition: Omit<Scenario, 'name'>): void {
  const collector = (globalThis as Holder)[SLOT];
  if (collector === undefined) {
    throw new HighwaterError('USAGE', `scenario "${name}" was declared, but nobody collects it`, {
      hint: 'run the file with `highwater run <file>`, or through vitest with the highwater plugin',
    });
  }
  collector({ scenario: { name, ...definition } as Scenario });
}
