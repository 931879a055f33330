import { join } from 'node:path';
import type { CleanupReport } from '../../core/scope.ts';
import { openScope } from '../../core/scope.ts';
import { showEndpoint } from '../../environments/endpoint.ts';
import {
  type AddressBook,
  type Leftover,
  type RunContext,
} from '../../environments/environment.ts';
import type { NodeState } from '../../environments/node.ts';
import type { LinkClass } from '../../record/plan.ts';
import type { Recorder } from '../../record/recorder.ts';
import type { Sut } from '../../systems/system.ts';
import { prepareTopics } from '../run/prepare-topics.ts';
import type { RunInput } from '../run/run-parts.ts';
import { inPhase, type Stage } from '../run/stage.ts';
import { startSystem } from '../run/start-system.ts';

/**
 * A system that was started to be used and not to be judged: it stands until somebody takes it
 * down, answers what it is, and takes single faults and stretches of load. Nothing of it is
 * recorded but the logs of its nodes; whoever asks for something is told what came of it.
 */
export interface Standing {
  readonly input: StandingInput;
  readonly context: RunContext;
  readonly stage: Stage;
  readonly sut: Sut;
  readonly book: AddressBook;
  /** What is true of it for as long as it stands. */
  readonly card: StandingCard;
  /** The nodes as they are now. */
  look(signal: AbortSignal): Promise<readonly StandingNode[]>;
  /** Gives everything back and looks whether that is true. Later calls give the same. */
  close(): Promise<CleanupReport & { readonly leftovers: readonly Leftover[] }>;
}

/** What a standing system is started with. */
export type StandingInput = Pick<
  RunInput,
  'planned' | 'parts' | 'openLeases' | 'progress' | 'signal'
> & {
  readonly run: string;
  /** Absolute; logs of nodes go to `logs/` below it. */
  readonly directory: string;
  /** Links that go through our hands, so that they can be cut later. */
  readonly links: readonly LinkClass[];
};

/** A standing system on paper. */
export interface StandingCard {
  readonly kind: string;
  readonly topics: readonly string[];
  /** For clients, by where they call from. */
  readonly bootstrap: { readonly load: readonly string[]; readonly check: readonly string[] };
  readonly nodes: readonly StandingAddresses[];
}

/** Where a node is reached; nothing where it has no port for that vantage. */
export interface StandingAddresses {
  readonly id: string;
  readonly role: string;
  readonly load: readonly string[];
  readonly check: readonly string[];
}

/** One look at a node. */
export interface StandingNode extends Pick<NodeState, 'state' | 'incarnation' | 'ended'> {
  readonly id: string;
}

/** Starts a system and returns when it is ready and has its topics. */
export async function openStanding(input: StandingInput): Promise<Standing> {
  const { parts, planned, run, directory } = input;
  const { environment } = parts;
  const { clock } = environment;
  const scope = openScope('up', clock, input.signal);
  const { plan } = planned;
  const stage: Stage = { plan, clock, recorder: NOBODY, progress: input.progress, scope };
  const leases = input.openLeases(join(directory, 'leases.ndjson'), run);
  const progress = (doing: string): void => input.progress.waiting(environment.name, doing);
  const context: RunContext = { run, directory, scope, leases, signal: scope.signal, progress };
  const close = async (): ReturnType<Standing['close']> => {
    const report = await scope.close();
    return { ...report, leftovers: await environment.census(context) };
  };
  try {
    const { sut, book } = await startSystem({
      stage,
      context,
      parts,
      links: input.links,
      inPhase: (phase, body) => inPhase(phase, stage, body),
    });
    await inPhase('prepare', stage, (signal) => prepareTopics(stage, sut, signal));
    const card = cardOf(input, sut, book);
    const look: Standing['look'] = (signal) =>
      Promise.all(
        sut.nodes.map(async (node) => {
          const { state, incarnation, ended } = await node.look(signal);
          return { id: node.id, state, incarnation, ended };
        }),
      );
    return { input, context, stage, sut, book, card, look, close };
  } catch (thrown) {
    await close();
    throw thrown;
  }
}

/** A recorder that keeps nothing: nobody will judge this. */
const NOBODY: Recorder = { event: () => {}, samples: () => {}, deliveries: () => {} };

function cardOf({ parts, planned }: StandingInput, sut: Sut, book: AddressBook): StandingCard {
  const { profile, system, topics } = planned.plan;
  const roles = parts.system.roles(system.spec, profile);
  const version = parts.system.software(system.spec)[0]?.version ?? '';
  return {
    kind: `${system.kind} ${version}`.trim(),
    topics: topics.map(({ name }) => name),
    bootstrap: { load: sut.view('load').bootstrap, check: sut.view('check').bootstrap },
    nodes: sut.nodes.map(({ id, role }) => {
      const ports = roles.find((each) => each.role === role)?.ports ?? [];
      const at = (from: 'load' | 'check'): string[] =>
        ports
          .filter((port) => port.from.includes(from))
          .map(({ name }) => showEndpoint(book.at(id, name, from)));
      return { id, role, load: at('load'), check: at('check') };
    }),
  };
}
