import type { Rng } from '../../core/rng.ts';
import { type Agenda, cancel } from './agenda.ts';
import type { SimBroker } from './broker.ts';
import { SimError } from './sim-error.ts';

/** How the one who works on a request ends it; the first end counts. */
export interface Reply<T> {
  ok(value: T): void;
  error(name: string): void;
}

/** A request to one broker. */
export interface Request<T> {
  readonly to: SimBroker;
  /** For messages: "produce to orders-0". */
  readonly what: string;
  /** How long the client waits for the answer; PATIENCE unless told. */
  readonly timeoutMs?: number;
  /** Runs at the broker when the request has come in. */
  readonly handle: (reply: Reply<T>) => void;
}

/** Milliseconds that a message is under way. */
const ONE_WAY = { least: 0.2, most: 1.2 };

/** Milliseconds that a client waits for an answer to something that should take none. */
const PATIENCE = 1_000;

/**
 * Carries requests: late, and in vain when nobody is there or the broker dies over them. At one
 * that stands still they wait, and are worked on when it goes on, even if the client has given up.
 */
export class Network {
  private readonly agenda: Agenda;
  private readonly rng: Rng;

  constructor(agenda: Agenda, rng: Rng) {
    this.agenda = agenda;
    this.rng = rng;
  }

  /** A time in milliseconds between two bounds, by chance. */
  between(least: number, most: number): number {
    return least + this.rng.next() * (most - least);
  }

  /** Sends a request and gives its answer; rejects with a SimError. */
  send<T>({ to, what, timeoutMs = PATIENCE, handle }: Request<T>): Promise<T> {
    const { agenda } = this;
    return new Promise<T>((resolve, reject) => {
      let ended = false;
      const end = (settle: () => void): void => {
        if (ended) return;
        ended = true;
        to.open.delete(broken);
        cancel(timeout);
        settle();
      };
      const fail = (name: string, maySent: boolean): void =>
        end(() => reject(new SimError(name, maySent, `${what} at broker ${to.id}`)));
      const rejectWith = (name: string): void =>
        reject(new SimError(name, true, `${what} at broker ${to.id}`));
      const broken = (): void => fail('ECONNRESET', true);
      const timeout = agenda.after(timeoutMs, () => fail('REQUEST_TIMED_OUT', true));
      const back = (settle: () => void): void =>
        to.whenAwake(() => {
          agenda.after(this.between(ONE_WAY.least, ONE_WAY.most), () => end(settle));
        });
      agenda.after(this.between(ONE_WAY.least, ONE_WAY.most), () => {
        // A kernel takes connections for a process that stands still, and refuses for none.
        if (to.state !== 'serving') return fail('ECONNREFUSED', false);
        to.open.add(broken);
        to.whenAwake(() =>
          handle({
            ok: (value) => back(() => resolve(value)),
            error: (name) => back(() => rejectWith(name)),
          }),
        );
      });
    });
  }
}
