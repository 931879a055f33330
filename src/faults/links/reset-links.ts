import { connect, type Socket } from 'node:net';
import { ms, seconds } from '../../core/time.ts';
import { waitFor } from '../../core/wait-for.ts';
import type { Effect, EngageInput, FaultKind } from '../fault.ts';
import { allAround, type Trip } from './look-at-links.ts';
import {
  classesOf,
  type Direction,
  farOf,
  linkProblems,
  linksOf,
  pairsOf,
  showDirections,
} from './sides.ts';

/**
 * reset: every connection between the targets and the far end is reset once, at both ends. New ones
 * can be opened at once; the hold is time to see what becomes of that.
 */
export const resetLinks: FaultKind = {
  name: 'reset',
  needs: () => ['link.reset'],
  links: ({ params }) => classesOf(farOf(params)),
  problems: (params) => linkProblems('reset', params, ['far']),
  engage: async (input) => {
    const links = linksOf(input);
    const pairs = pairsOf(input, farOf(input.params));
    const witnesses = await Promise.all(waysOf(pairs, input).map((way) => witnessOf(way, input)));
    try {
      const began = input.clock.now();
      const counts = await Promise.all(pairs.map(({ from, to }) => links.reset(from, to)));
      const count = counts.reduce((sum, each) => sum + each, 0) - witnesses.length;
      return {
        mechanism: `reset ${count} connections: ${showDirections(pairs)}`,
        began,
        harmed: [...input.targets, ...(input.others ?? [])].map(({ id }) => id),
        confirm: (signal) => seenReset({ pairs, witnesses, count }, { ...input, signal }),
        heal: async () => {}, // Over as soon as it was done.
        confirmHeal: (signal) => seenOpenAgain(pairs, { ...input, signal }),
      };
    } catch (thrown) {
      for (const { socket } of witnesses) socket.destroy();
      throw thrown;
    }
  },
};

/** A connection of our own through a link, opened to see what becomes of it. */
interface Witness {
  readonly socket: Socket;
  readonly name: string;
  ended: string | null;
}

const waysOf = (pairs: readonly Direction[], input: EngageInput): readonly Trip[] => {
  const links = linksOf(input);
  return pairs.flatMap(({ from, to }) => [
    ...links.ways(from, to).map((way) => ({ from, to, ...way })),
    ...links.ways(to, from).map((way) => ({ from: to, to: from, ...way })),
  ]);
};

async function witnessOf({ from, to, port, at }: Trip, input: EngageInput): Promise<Witness> {
  const links = linksOf(input);
  const before = (await links.look(from, to)).connections;
  const socket = connect({ host: at.host, port: at.port });
  const witness: Witness = { socket, name: `${from}→${to}:${port}`, ended: null };
  socket.on('error', (error: NodeJS.ErrnoException) => {
    witness.ended ??= error.code ?? error.message;
  });
  socket.on('close', () => {
    witness.ended ??= 'closed';
  });
  socket.resume();
  await waitFor(
    {
      what: `a connection through ${witness.name}`,
      look: async () => (await links.look(from, to)).connections,
      show: (count) => `${count} connections`,
    },
    {
      clock: input.clock,
      signal: input.signal,
      within: seconds(5),
      every: ms(5),
      until: (count) => count > before || witness.ended !== null,
      code: 'FAULT_FAILED',
    },
  );
  return witness;
}

async function seenReset(
  of: {
    readonly pairs: readonly Direction[];
    readonly witnesses: readonly Witness[];
    readonly count: number;
  },
  { clock, signal, links }: EngageInput,
): Promise<Effect> {
  const { witnesses, count, pairs } = of;
  const reset = ({ ended }: Witness): boolean => ended === 'ECONNRESET';
  try {
    await waitFor(
      {
        what: 'connections reset',
        look: async () => witnesses.filter((each) => !reset(each)).map(({ name }) => name),
        show: (names) => `not ${names.join(', ')}`,
      },
      {
        clock,
        signal,
        within: seconds(2),
        every: ms(10),
        until: (names) => names.length === 0,
        code: 'FAULT_INEFFECTIVE',
      },
    );
  } finally {
    for (const { socket } of witnesses) socket.destroy();
  }
  const around = links === null ? [] : await allAround(pairs, links);
  if (around.length > 0) return { took: false, seen: around.join('; ') };
  if (count <= 0) return { took: false, seen: 'there was no connection to reset' };
  return {
    took: true,
    seen: `${witnesses.length} connections of our own were reset with ${count} of the system's`,
  };
}

async function seenOpenAgain(pairs: readonly Direction[], input: EngageInput): Promise<Effect> {
  const { sut, clock, signal } = input;
  await waitFor(
    {
      what: 'nodes answer',
      look: async (inner) => Promise.all(input.targets.map(({ id }) => sut.answers(id, inner))),
      show: (answers) => `${answers.filter(Boolean).length} of ${answers.length}`,
    },
    {
      clock,
      signal,
      within: seconds(60),
      every: ms(100),
      code: 'FAULT_INEFFECTIVE',
      until: (answers) => answers.every(Boolean),
    },
  );
  return { took: true, seen: `the links were left open: ${showDirections(pairs)}` };
}
