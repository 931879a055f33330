import { deferred } from './deferred.ts';
import type { OpenLine, WorkerLine } from './line.ts';
import type { WorkerNews } from './messages.ts';
import type { WorkerJob } from './pool.ts';

/** One life of a load worker, as the conductor knows it. */
export class Worker {
  readonly job: WorkerJob;
  readonly line: WorkerLine;
  readonly opened = deferred<void>();
  readonly finished = deferred<void>();

  /** Begins to open it. */
  constructor(job: WorkerJob, openLine: OpenLine, hear: (news: WorkerNews) => void) {
    this.job = job;
    this.line = openLine(job, (news) => {
      if (news.kind === 'opened') this.opened.resolve();
      hear(news);
      if (news.kind === 'finished') this.finished.resolve();
    });
  }
}
