/**
 * A harness that is there to be killed: a whole run with three idle nodes on this machine, from
 * taking addresses to giving all back, told step by step on standard output.
 */
import { localEnvironment } from '../../../src/environments/local/local-environment.ts';
import { foldersOf } from '../../../src/leases/folders.ts';
import { launchIdle, openTestRun } from './idle-nodes.ts';
import { untilListening } from './local-machine.ts';

const [run = '', reports = '', namespaces = 'auto'] = process.argv.slice(2);
const step = (name: string): boolean => process.stdout.write(`${name}\n`);
const signal = new AbortController().signal;

step('begin');
const environment = localEnvironment({ namespaces: namespaces === 'none' ? 'none' : 'auto' });
const opened = openTestRun(run, reports, foldersOf(process.env).live);
const context = {
  ...opened.context,
  progress: (doing: string) => void step(doing.startsWith('resolving') ? 'maven' : 'launch'),
};
// And where there can be one, a mount.
const limited = environment.offers.offered.has('volume.limit');
const { book, nodes } = await launchIdle(environment, { context }, { count: 3, limited });
step('up');
for (const { id } of nodes) await untilListening(book.at(id, 'main', 'peer'));
step('listening');
const [one, other] = nodes;
await one?.control('process')?.kill('SIGKILL');
await one?.control('process')?.start(signal);
step('restarted');
await other?.control('threads')?.dump(signal);
step('dumped');
// A process that stands still must not outlive its run either.
await other?.control('process')?.pause?.();
step('paused');
const report = await opened.scope.close();
const left = await environment.census(context);
step(report.failures + left.length === 0 ? 'done' : `unclean ${JSON.stringify([report, left])}`);
