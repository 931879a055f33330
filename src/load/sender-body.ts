import { messageOf } from '../core/errors.ts';
import { openScope } from '../core/scope.ts';
import type { Instant } from '../core/time.ts';
import type { Sender } from '../workloads/workload.ts';
import { Driver } from './driver.ts';
import type { WorkerCommand } from './messages.ts';
import { scheduleOf } from './stages-to-schedule.ts';
import { Tally } from './tally.ts';
import type { WorkerBody, WorkerParts } from './worker-parts.ts';

/** Opens a sending worker: its sender, its share of the timetable, its tally. */
export function openSenderBody(parts: WorkerParts): WorkerBody {
  const { job, workload, clients, clock, say } = parts;
  const scope = openScope(`worker ${job.session}`, clock);
  let opened: { readonly sender: Sender; readonly tally: Tally } | undefined;
  let driver: Driver | undefined;
  let ended = false;

  const open = async (): Promise<void> => {
    const { run, session, topics } = job;
    const { params } = job.workload;
    const sender = await workload.openSender({
      run,
      session,
      params,
      topics,
      clients,
      clock,
      scope,
    });
    if (scope.signal.aborted) return sender[Symbol.asyncDispose]();
    scope.own('sender', sender);
    const tally = new Tally(session, sender.lanes, (window) => {
      say({ kind: 'window-ended', ended: window });
    });
    opened = { sender, tally };
    say({ kind: 'opened' });
  };
  const report = (now: Instant): void => {
    if (opened === undefined) return;
    say({ kind: 'sent', report: opened.tally.report(now, parts.loopDelayP99()) });
  };
  const send = async (startAt: Instant): Promise<void> => {
    if (opened === undefined)
      throw new Error(`worker ${job.session} was started before it was open`);
    driver = new Driver({
      ...opened,
      schedule: scheduleOf(job.stages).share(job.part, job.of),
      startAt,
      clock,
      inFlightMax: job.inFlightMax,
      linger: job.lingerMs,
      throttle: job.throttle,
      report,
    });
    await driver.run();
    say({ kind: 'finished' });
  };
  const orFail = (doing: Promise<void>): void => {
    doing.catch((thrown: unknown) => {
      if (!scope.signal.aborted) say({ kind: 'failed', message: messageOf(thrown) });
    });
  };

  orFail(open());
  return {
    hear(command: WorkerCommand) {
      if (command.kind === 'window') opened?.tally.window(command.window);
      else if (command.kind === 'start' && !ended) orFail(send(command.at));
      else if (command.kind === 'stop' && !ended) {
        ended = true;
        if (driver === undefined) say({ kind: 'finished' });
        else driver.stop();
      }
    },
    lastWords: () => report(clock.now()),
    async close() {
      ended = true;
      driver?.stop();
      await scope.close();
    },
  };
}
