import { messageOf } from '../../core/errors.ts';
import { openScope, type Scope } from '../../core/scope.ts';
import type { OpenInput } from '../../workloads/workload.ts';
import type { WorkerParts } from './worker-parts.ts';

/** What sending and receiving workers share: a scope, what they open with, and how they fail. */
export class Body {
  readonly parts: WorkerParts;
  readonly scope: Scope;

  constructor(parts: WorkerParts) {
    this.parts = parts;
    this.scope = openScope(`worker ${parts.job.session}`, parts.clock);
  }

  /** What the workload opens a sender or a receiver with. */
  get input(): OpenInput<WorkerParts['job']['workload']['params']> {
    const { job, clients, clock } = this.parts;
    const { run, session, topics, workload, sessions = [session] } = job;
    return {
      run,
      session,
      sessions,
      params: workload.params,
      topics,
      clients,
      clock,
      scope: this.scope,
    };
  }

  /**
   * Takes over what was opened and tells so; when the worker was closed meanwhile it is given back.
   */
  async opened<T extends AsyncDisposable>(
    what: string,
    thing: T,
    begin: () => void,
  ): Promise<void> {
    if (this.scope.signal.aborted) return thing[Symbol.asyncDispose]() as Promise<void>;
    this.scope.own(what, thing);
    begin();
    this.parts.say({ kind: 'opened' });
  }

  /** Tells when something that nobody waits for fails, unless the worker is closed by then. */
  orFail(doing: Promise<void>): void {
    doing.catch((thrown: unknown) => {
      if (this.scope.signal.aborted) return;
      this.parts.say({ kind: 'failed', message: messageOf(thrown) });
    });
  }
}
