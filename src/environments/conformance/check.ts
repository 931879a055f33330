import type { Capability } from '../capabilities.ts';
import type { Environment } from '../environment.ts';
import { Ground, type Wanted } from './ground.ts';
import type { Subject } from './subject.ts';

/** One promise of the port, and how it is looked at. Throws when it is not kept. */
export interface ConformanceCheck {
  /** What is promised, as a sentence. */
  readonly promise: string;
  /** Looked at only where all of these are on offer. */
  readonly needs: readonly Capability[];
  /** Nodes that run when the check begins; `launch` false: only reserved. */
  readonly wanted: Wanted & { readonly launch?: boolean };
  look(ground: Ground, aside: Aside): Promise<void>;
}

/** What a check may want besides its ground. */
export interface Aside {
  /** The promise is about another run, too: reserves in the same environment, launches none. */
  otherRun(wanted: Wanted): Promise<Ground>;
}

/** What is looked at in an environment, and what is not because it is not on offer there. */
export interface Division {
  readonly looked: readonly ConformanceCheck[];
  readonly not: readonly {
    readonly check: ConformanceCheck;
    readonly lacks: readonly Capability[];
  }[];
}

/** Divides the checks by what an environment offers. */
export function divide(
  checks: readonly ConformanceCheck[],
  { offers }: Pick<Environment, 'offers'>,
): Division {
  const lacking = checks.map((check) => ({
    check,
    lacks: check.needs.filter((need) => !offers.offered.has(need)),
  }));
  return {
    looked: lacking.filter(({ lacks }) => lacks.length === 0).map(({ check }) => check),
    not: lacking.filter(({ lacks }) => lacks.length > 0),
  };
}

/** Runs of one process must not share a name: each check has its own. */
let runs = 0;

/** Runs one check on a ground of its own; nothing of it may be left afterwards. */
export async function runCheck(check: ConformanceCheck, subject: Subject): Promise<void> {
  await using environment = subject.environment();
  const grounds: Ground[] = [];
  const reserve = async (wanted: Wanted): Promise<Ground> => {
    runs += 1;
    const run = `conformance-${process.pid}-${runs}`;
    const ground = await Ground.reserve(subject, { environment, run, wanted });
    grounds.push(ground);
    return ground;
  };
  try {
    const ground = await reserve(check.wanted);
    if (check.wanted.launch !== false) await ground.launch(0, check.wanted.nodes);
    await check.look(ground, { otherRun: reserve });
    for (const each of grounds) await each.close();
  } finally {
    for (const each of grounds) await each.scope.close();
  }
}
