import { styleText } from 'node:util';
import type { Outcome } from '../core/outcome.ts';

/** Puts meaning into colour, or leaves the text alone. */
export interface Paint {
  outcome(outcome: Outcome, text: string): string;
  strong(text: string): string;
  faint(text: string): string;
}

const COLOUR_OF = { pass: 'green', fail: 'red', inconclusive: 'yellow' } as const;

/** Makes the paint; without colour every function gives its text back unchanged. */
export function paintWith(colour: boolean): Paint {
  // validateStream asks about process.stdout; whether there is colour was decided by the caller.
  const style = (format: Parameters<typeof styleText>[0], text: string): string =>
    colour ? styleText(format, text, { validateStream: false }) : text;
  return {
    outcome: (outcome, text) => style(['bold', COLOUR_OF[outcome]], text),
    strong: (text) => style('bold', text),
    faint: (text) => style('dim', text),
  };
}

/**
 * Whether to colour what goes to a stream: FORCE_COLOR decides first, then NO_COLOR, then the
 * terminal.
 */
export function wantsColour(
  stream: { readonly isTTY?: boolean },
  env: Readonly<Record<string, string | undefined>>,
): boolean {
  const forced = env['FORCE_COLOR'];
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  // https://no-color.org: present and not empty.
  if (env['NO_COLOR']) return false;
  return stream.isTTY === true && env['TERM'] !== 'dumb';
}
