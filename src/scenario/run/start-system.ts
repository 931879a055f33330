import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { ms } from '../../core/time.ts';
import { waitFor } from '../../core/wait-for.ts';
import type { AddressBook, Environment, RunContext } from '../../environments/environment.ts';
import type { LinkClass, PhaseName } from '../../record/plan.ts';
import type { Sut, SystemKind } from '../../systems/system.ts';
import type { Stage } from './stage.ts';

/** What a system is started with. */
export interface StartInput {
  readonly stage: Stage;
  readonly context: RunContext;
  readonly parts: { readonly environment: Environment; readonly system: SystemKind };
  /** Links that are to go through our hands. */
  readonly links: readonly LinkClass[];
  /** How its phases are run, and what ends them early. */
  readonly inPhase: <T>(phase: PhaseName, body: (signal: AbortSignal) => Promise<T>) => Promise<T>;
}

/** Reserves addresses, launches the nodes, and returns when the system is ready. */
export async function startSystem(
  input: StartInput,
): Promise<{ readonly sut: Sut; readonly book: AddressBook }> {
  const { stage, context, parts, links, inPhase } = input;
  const { environment, system } = parts;
  const { profile, system: chosen } = stage.plan;
  const { spec } = chosen;
  const within = (signal: AbortSignal): RunContext => ({ ...context, signal });
  const book = await inPhase('reserve', (signal) =>
    environment.reserve(system.roles(spec, profile), within(signal), links),
  );
  const clusterId = environment.identity ?? randomBytes(16).toString('base64url');
  const nodes = await inPhase('launch', (signal) =>
    environment.launch(system.nodes(spec, profile, book, clusterId), book, within(signal)),
  );
  const sut = await inPhase('ready', async (signal) => {
    const { scope } = stage;
    const { run } = context;
    const connected = await system.connect({ spec, profile, book, nodes, clusterId, scope, run });
    await untilReady(connected, input, signal);
    return connected;
  });
  return { sut, book };
}

async function untilReady(
  sut: Sut,
  { stage, context }: StartInput,
  signal: AbortSignal,
): Promise<void> {
  const { clock, recorder, progress, plan } = stage;
  await waitFor(sut.readiness, {
    clock,
    signal,
    within: ms(plan.budgetsMs.ready),
    every: ms(50),
    until: ({ ready }) => ready,
    onLook: (seen) => progress.waiting(sut.readiness.what, seen),
    code: 'ENV_NOT_READY',
    hint: `see the node logs in ${join(context.directory, 'logs')}`,
  });
  const values = Object.fromEntries(
    Object.entries(sut.timings).map(([key, value]) => [key, String(value)]),
  );
  recorder.event({ kind: 'effective-config', of: sut.kind, values });
}
