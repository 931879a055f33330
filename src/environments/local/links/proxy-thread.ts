import { Worker } from 'node:worker_threads';
import { HighwaterError, messageOf } from '../../../core/errors.ts';
import type { LinkEnd, LinkLook, LinkState } from '../../links.ts';
import type { Route } from './link-routes.ts';
import type { ProxyNews, ProxyOrder } from './proxy-messages.ts';

/** The proxy of a run in its thread, as seen from the conductor. */
export interface ProxyThread {
  set(from: LinkEnd, to: LinkEnd, change: Partial<LinkState>): Promise<void>;
  heal(one: LinkEnd, other: LinkEnd): Promise<void>;
  reset(one: LinkEnd, other: LinkEnd): Promise<number>;
  look(from: LinkEnd, to: LinkEnd): Promise<LinkLook>;
  close(): Promise<void>;
  /** Settles when the thread has ended by itself, which nothing in a run survives; or never. */
  readonly failed: Promise<Error>;
}

const WORKER = new URL(
  `./proxy-worker${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`,
  import.meta.url,
);

type Waiting = {
  readonly resolve: (result: LinkLook | number | null) => void;
  readonly reject: (error: Error) => void;
};

/** Starts the thread; returns when it listens for all routes. */
export async function startProxy(routes: readonly Route[]): Promise<ProxyThread> {
  // Options of this process (a loader, a test runner's conditions) are not the thread's.
  const thread = new Worker(WORKER, { workerData: routes, execArgv: [], name: 'highwater links' });
  const line = new Line(thread);
  try {
    await line.open;
  } catch (thrown) {
    await thread.terminate();
    throw thrown;
  }
  return {
    set: async (from, to, change) => {
      await line.ask({ act: 'set', from, to, change });
    },
    heal: async (from, to) => {
      await line.ask({ act: 'heal', from, to });
    },
    reset: async (from, to) => (await line.ask({ act: 'reset', from, to })) as number,
    look: async (from, to) => (await line.ask({ act: 'look', from, to })) as LinkLook,
    close: async () => {
      line.closing = true;
      await thread.terminate();
    },
    failed: line.failed,
  };
}

/** An order without its number, each of its kinds by itself. */
type Asked<Order = ProxyOrder> = Order extends unknown ? Omit<Order, 'id'> : never;

class Line {
  readonly open: Promise<void>;
  readonly failed: Promise<Error>;
  closing = false;
  readonly #thread: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #asked = 0;
  #over: Error | undefined;

  constructor(thread: Worker) {
    this.#thread = thread;
    let lost: (error: Error) => void = () => {};
    this.failed = new Promise((resolve) => {
      lost = resolve;
    });
    this.open = new Promise((resolve, reject) => {
      const failed = (why: string): void => {
        this.#over ??= new HighwaterError('ENV_NOT_READY', `links of the run: ${why}`);
        reject(this.#over);
        for (const one of this.#waiting.values()) one.reject(this.#over);
        this.#waiting.clear();
        if (!this.closing) lost(this.#over);
      };
      thread.on('message', (news: ProxyNews) => {
        if (news.kind === 'open') resolve();
        else if (news.kind === 'failed') failed(news.message);
        else this.#hear(news);
      });
      thread.on('error', (thrown) => failed(messageOf(thrown)));
      thread.on('exit', (code) => failed(`their thread ended with exit code ${code}`));
    });
  }

  ask(order: Asked): Promise<LinkLook | number | null> {
    return new Promise((resolve, reject) => {
      if (this.#over !== undefined) return reject(this.#over);
      this.#asked += 1;
      this.#waiting.set(this.#asked, { resolve, reject });
      this.#thread.postMessage({ ...order, id: this.#asked });
    });
  }

  #hear(news: Extract<ProxyNews, { id: number }>): void {
    const one = this.#waiting.get(news.id);
    this.#waiting.delete(news.id);
    if (news.kind === 'done') one?.resolve(news.result);
    else one?.reject(new HighwaterError('BUG', news.message));
  }
}
