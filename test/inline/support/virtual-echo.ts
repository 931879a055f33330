import { ms } from '../../../src/core/time.ts';
import type { Answer, EchoOf, Subject } from '../../../src/environments/conformance/subject.ts';
import { type Endpoint, showEndpoint } from '../../../src/environments/endpoint.ts';
import type { NodeBehaviour, NodeSpec, VirtualMachine } from '../../../src/environments/node.ts';

type Network = Map<string, Echo>;
const REFUSED: Answer = { kind: 'refused' };
/** A round trip in memory. */
const TRIP = ms(1);

/** Echoes for the memory environment, which find each other in a network of their own. */
export function virtualEchoes(): Pick<Subject, 'spec' | 'say'> {
  // An environment's runs have the same addresses, and no two of them run at once.
  const network: Network = new Map();
  return {
    spec: (of): NodeSpec => ({
      id: of.id,
      role: 'echo',
      software: { name: 'echo', version: '1' },
      start: { virtual: new Echo(of, network) },
      files: {},
    }),
    say: async (line, at, clock) => {
      await clock.sleep(TRIP);
      return network.get(showEndpoint(at))?.answer(line) ?? REFUSED;
    },
  };
}

/** The same words as the echo in a JVM. */
class Echo implements NodeBehaviour {
  readonly #of: EchoOf;
  readonly #network: Network;
  readonly #at: readonly string[];
  #machine: VirtualMachine | undefined;
  #lives = 0;
  #frozen = false;
  /** The other end of the connection that it holds. */
  #held: Echo | undefined;
  #answers = 0;

  constructor(of: EchoOf, network: Network) {
    this.#of = of;
    this.#network = network;
    const from = ['peer', 'load', 'check'] as const;
    this.#at = from.map((each) => showEndpoint(of.book.listen(of.id, 'main', each)));
  }

  boot(machine: VirtualMachine): void {
    this.#machine = machine;
    const diary = `${this.#data.get('meta/lives') ?? ''}x`;
    this.#data.set('meta/lives', diary);
    this.#lives = diary.length;
    this.#answers = 0;
    this.#frozen = false;
    for (const each of this.#at) this.#network.set(each, this);
  }

  die(): void {
    for (const each of this.#at) this.#network.delete(each);
  }

  freeze(): void {
    this.#frozen = true;
  }

  thaw(): void {
    this.#frozen = false;
  }

  answer(line: string): Answer {
    if (this.#frozen) return { kind: 'silent' };
    const [word, host = '', port = ''] = line.split(' ');
    if (word === 'who') {
      this.#answers += 1;
      const { id, edition } = this.#of;
      return this.#said(`${id} ${edition} life ${this.#lives} answer ${this.#answers}`);
    }
    if (word === 'write') {
      this.#data.set('written', `${this.#data.get('written') ?? ''}x`);
      return this.#said('written');
    }
    if (word === 'held') return this.#held?.answer('who') ?? REFUSED;
    const at: Endpoint = { host, port: Number(port) };
    const other = this.#network.get(showEndpoint(at));
    if (word === 'hold') this.#held = other;
    return other?.answer('who') ?? REFUSED;
  }

  readonly #said = (text: string): Answer => ({ kind: 'answered', text });

  get #data(): Map<string, string> {
    const data = this.#machine?.volumes.get('data');
    if (data === undefined) throw new Error('an echo has a volume');
    return data;
  }
}
