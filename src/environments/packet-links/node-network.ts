import type { InnerShell } from './inner-shell.ts';
import { type CutKey, cutText, FILTER, isSameKey, mendText } from './packet-filter.ts';
import { LIST_SOCKETS, readSockets, type SocketLine } from './sockets.ts';

/** What a node's network is known by. */
export interface NodeNetworkParts {
  /** Where its peers reach it. */
  readonly address: string;
  readonly shell: InnerShell;
  /** What its filter is to hold back, at any time. */
  readonly wanted: () => readonly CutKey[];
}

/** The network namespace that a node has for a while, with its filter, as its shell tells of it. */
export class NodeNetwork {
  readonly address: string;
  readonly #shell: InnerShell;
  readonly #wanted: () => readonly CutKey[];
  #isSet = false;
  /** What its filter may hold back: after a failure nobody knows whether it does. */
  #told: readonly CutKey[] = [];
  /** One thing after the other. */
  #last: Promise<unknown> = Promise.resolve();

  constructor({ address, shell, wanted }: NodeNetworkParts) {
    this.address = address;
    this.#shell = shell;
    this.#wanted = wanted;
  }

  /** Brings the filter to what is wanted and renews it; returns when that is in force. */
  enforce(): Promise<void> {
    const turn = this.#last.catch(() => {}).then(() => this.#tell());
    this.#last = turn;
    return turn;
  }

  /** Its established connections. */
  async sockets(): Promise<readonly SocketLine[]> {
    return readSockets(await this.#shell.run(LIST_SOCKETS));
  }

  /** Ends the shell. The kernel mends what is cut, or the network is gone. */
  close(): void {
    this.#shell.close();
  }

  /** The text is made when it is its turn: a renewal must not come after the heal. */
  async #tell(): Promise<void> {
    const wanted = this.#wanted();
    const stale = this.#told.filter((key) => !wanted.some((each) => isSameKey(each, key)));
    const text = (this.#isSet ? mendText(stale) : FILTER) + cutText(wanted);
    if (text === '') return;
    this.#told = [...stale, ...wanted];
    await this.#shell.run('nft -f -', text);
    this.#isSet = true;
    this.#told = wanted;
  }
}
