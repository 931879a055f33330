import { deferred } from './deferred.ts';
import type { LineInput, OpenLine, WorkerLine } from './line.ts';
import type { WorkerJob } from './pool.ts';

/** One life of a load worker, as the conductor knows it. */
export class Worker {
  readonly job: WorkerJob;
  readonly line: WorkerLine;
  readonly opened = deferred<void>();
  readonly finished = deferred<void>();

  /** Begins to open it. */
  constructor(openLine: OpenLine, input: LineInput) {
    this.job = input.job;
    this.line = openLine({
      ...input,
      say: (news) => {
        if (news.kind === 'opened') this.opened.resolve();
        input.say(news);
        if (news.kind === 'finished') this.finished.resolve();
      },
    });
  }
}
