import { type LinkEnd, LOAD_END } from '../links.ts';
import type { CutKey } from './packet-filter.ts';

/** What one end sends to another. */
export interface Direction {
  readonly from: LinkEnd;
  readonly to: LinkEnd;
}

/** How ends are known to filters, at the moment. */
export interface EndKeys {
  /** Undefined while a node has none. */
  readonly addressOf: (node: string) => string | undefined;
  /** Numbers inside of the node's network. */
  readonly loadPorts: (node: string) => readonly number[];
}

/** Whose filter holds a direction back: the receiver's, or the node's that answers load clients. */
export const filteredAt = ({ from, to }: Direction): string => (to === LOAD_END ? from : to);

/** The directions that are cut, by ends and not by addresses: those may change meanwhile. */
export class Cuts {
  readonly #cut = new Map<string, Direction>();

  set(direction: Direction, cut: boolean): void {
    if (cut) this.#cut.set(keyOf(direction), direction);
    else this.#cut.delete(keyOf(direction));
  }

  has(direction: Direction): boolean {
    return this.#cut.has(keyOf(direction));
  }

  /** Nodes whose filters hold back what a node sends. */
  receiversOf(node: string): readonly string[] {
    return [...this.#cut.values()]
      .filter(({ from, to }) => from === node && to !== LOAD_END)
      .map(({ to }) => to);
  }

  /** What the filter of a node is to hold back. */
  keysAt(node: string, { addressOf, loadPorts }: EndKeys): readonly CutKey[] {
    return [...this.#cut.values()]
      .filter((direction) => filteredAt(direction) === node)
      .flatMap(({ from, to }): readonly CutKey[] => {
        if (from === LOAD_END || to === LOAD_END) {
          const set = from === LOAD_END ? 'from_load' : 'to_load';
          return loadPorts(node).map((port) => ({ set, port }));
        }
        const address = addressOf(from);
        return address === undefined ? [] : [{ set: 'from_peer', address }];
      });
  }
}

const keyOf = ({ from, to }: Direction): string => `${from}→${to}`;
