import assert from 'node:assert/strict';
import { join } from 'node:path';
import { openScope, type Scope } from '../../core/scope.ts';
import { ms, seconds } from '../../core/time.ts';
import { waitFor } from '../../core/wait-for.ts';
import { openLeaseBook } from '../../leases/open-lease-book.ts';
import type { Endpoint } from '../endpoint.ts';
import type { AddressBook, Environment, LinkClass, RunContext } from '../environment.ts';
import type { Controls, Node, NodeState, Vantage } from '../node.ts';
import { type Answer, echoRole, type Subject } from './subject.ts';

/** What a check asks for before it begins. */
export interface Wanted {
  readonly nodes: number;
  /** The volume is of a limited size. */
  readonly limited?: boolean;
  readonly links?: readonly LinkClass[];
}

/** One run of echoes in one environment, for one check. */
export class Ground {
  readonly environment: Environment;
  readonly subject: Subject;
  readonly context: RunContext;
  readonly scope: Scope;
  readonly book: AddressBook;
  readonly nodes: Node[] = [];

  private constructor(
    subject: Subject,
    of: { environment: Environment; context: RunContext; book: AddressBook },
  ) {
    this.subject = subject;
    this.environment = of.environment;
    this.context = of.context;
    this.scope = of.context.scope;
    this.book = of.book;
  }

  /** Reserves for the echoes that are wanted and for one more; launches none. */
  static async reserve(
    subject: Subject,
    of: { environment: Environment; run: string; wanted: Wanted },
  ): Promise<Ground> {
    const { environment, run, wanted } = of;
    const scope = openScope('run', environment.clock);
    const directory = join(subject.folder, run);
    const context: RunContext = {
      run,
      directory,
      scope,
      leases: openLeaseBook(join(directory, 'leases.ndjson'), { run, live: subject.live }),
      signal: scope.signal,
      progress: () => {},
    };
    try {
      const role = echoRole(wanted.nodes, wanted.limited === true);
      const book = await environment.reserve([role], context, wanted.links);
      return new Ground(subject, { environment, context, book });
    } catch (thrown) {
      await scope.close();
      throw thrown;
    }
  }

  /** Launches echoes by their place among what was reserved, and waits until they answer. */
  async launch(from: number, to: number): Promise<readonly Node[]> {
    const ids = this.book.nodesOf('echo').slice(from, to);
    const specs = ids.map((id) => this.spec(id));
    const launched = await this.environment.launch(specs, this.book, this.context);
    this.nodes.push(...launched);
    for (const { id } of launched) await this.untilAnswers(id);
    return launched;
  }

  spec(id: string, edition = 'first'): ReturnType<Subject['spec']> {
    return this.subject.spec({ id, book: this.book, run: this.context.run, edition });
  }

  /** One of the nodes that were launched, by its place. */
  node(place: number): Node {
    const node = this.nodes[place];
    assert(node !== undefined, `no node was launched at place ${place}`);
    return node;
  }

  /** A group of controls that the environment says it has. */
  control<Kind extends keyof Controls>(node: Node, kind: Kind): Controls[Kind] {
    const control = node.control(kind);
    assert(control !== undefined, `${node.id} has no control "${kind}" although it is on offer`);
    return control;
  }

  look(node: Node): Promise<NodeState> {
    return node.look(this.context.signal);
  }

  say(line: string, to: string, from: Vantage = 'check'): Promise<Answer> {
    return this.subject.say(line, this.book.at(to, 'main', from), this.environment.clock);
  }

  /** What `who` is told by `by` when it calls `to` as its peers do. */
  async dial(by: string, to: string, verb: 'dial' | 'hold' = 'dial'): Promise<string> {
    const { host, port } = this.book.at(to, 'main', 'peer');
    return told(await this.say(`${verb} ${host} ${port}`, by));
  }

  /** What is said on the connection that `by` holds. */
  async held(by: string): Promise<string> {
    return told(await this.say('held', by));
  }

  async untilAnswers(id: string, from: Vantage = 'check'): Promise<void> {
    const answered = async (): Promise<string> => told(await this.say('who', id, from));
    await this.until(`${id} answers as itself`, answered, (text) => text.startsWith(`${id} `));
  }

  async untilState(node: Node, state: NodeState['state']): Promise<NodeState> {
    return this.until(
      `${node.id} is ${state}`,
      () => this.look(node),
      (seen) => {
        return seen.state === state;
      },
    );
  }

  /** Waits on the environment's clock until a look is as wanted. */
  until<T>(what: string, look: () => Promise<T>, wanted: (value: T) => boolean): Promise<T> {
    const { clock } = this.environment;
    return waitFor(
      { what, look, show: (value) => JSON.stringify(value) },
      { clock, signal: this.context.signal, within: seconds(20), every: ms(50), until: wanted },
    );
  }

  endpoint(node: string, from: Vantage): Endpoint {
    return this.book.at(node, 'main', from);
  }

  /** Closes the run and looks whether anything of it is left: there must be nothing. */
  async close(): Promise<void> {
    const report = await this.scope.close();
    assert.deepEqual(
      report.entries.filter(({ error }) => error !== undefined),
      [],
      'closing failed',
    );
    assert.deepEqual(await this.environment.census(this.context), [], 'the census is not empty');
    assert.deepEqual(this.context.leases.held(), [], 'leases were not released');
  }
}

/** An answer in one line. */
export const told = (answer: Answer): string =>
  answer.kind === 'answered' ? answer.text : answer.kind;
