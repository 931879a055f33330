import { showCount } from '../../core/units.ts';
import { fatalSignatureOf, isBroughtBy } from '../../record/log-signatures.ts';
import type { LogDigest, RunRecord } from '../../record/run-record.ts';
import type { Anomaly, Checker } from '../checker.ts';
import { decide, fullDisk } from '../finding.ts';

/**
 * Claim, of every run: no node's log bears a fatal signature (log-signatures.ts, a closed list).
 *
 * Does not mind: what a disk fault makes its target say when it gives up.
 *
 * Sees: out of memory, a crash of the JVM, a fatal fault of Kafka's own, all log folders failed.
 * Other lines of level ERROR are counted and shown; during a fault they are normal.
 * Cannot see: what a node did not log. Nodes without a single line are not known to be clean.
 * False alarms: a signature quoted in another message; none is known. A node that gives up because
 * the disk that this machine gave it is full is no finding: such a run is inconclusive.
 */
export const logsCleanChecker: Checker = {
  claim: 'logs-clean',
  needsFault: false,
  aboutTime: false,
  statement: () => 'no log bears a fatal signature',
  check(record) {
    const { logs } = record;
    const lines = logs.reduce((sum, digest) => sum + digest.lines, 0);
    const errors = logs.reduce((sum, { errorCount }) => sum + errorCount, 0);
    const finding = decide({
      looked: { at: lines, what: 'lines of logs' },
      measured: [
        { name: 'lines of level ERROR or FATAL', value: errors, unit: 'count' },
        ...logs
          .filter(({ errorCount }) => errorCount > 0)
          .map(({ node, errorCount }) => ({
            name: `of them by ${node}`,
            value: errorCount,
            unit: 'count' as const,
          })),
      ],
      anomalies: logs.flatMap((digest) => witnesses(digest, faultsOn(record, digest.node))),
      doubts: silentNodes(record),
      holds: `no fatal signature in ${showCount(lines)} lines of ${logs.length} logs`,
    });
    const full = fullDisk(record);
    if (finding.outcome !== 'fail' || full === null) return finding;
    const because = `${full}; otherwise it would be broken: ${finding.because}`;
    return { ...finding, outcome: 'inconclusive', because };
  },
};

/** Names of the faults that were engaged on a node. */
const faultsOn = ({ events }: RunRecord, node: string): string[] =>
  events.flatMap((event) =>
    event.kind === 'fault' && event.act === 'engage' && event.took && event.targets.includes(node)
      ? [event.fault]
      : [],
  );

const witnesses = ({ node, errors }: LogDigest, faults: readonly string[]): Anomaly[] =>
  errors.flatMap(({ line, text }) => {
    const signature = fatalSignatureOf(text);
    if (signature === null || faults.some((fault) => isBroughtBy(signature, fault))) return [];
    return [{ code: 'FATAL_IN_LOG', where: node, text: `${signature} in line ${line}: ${text}` }];
  });

/** Nodes that were seen and have no log, and logs without a line. */
function silentNodes({ events, logs }: RunRecord): string[] {
  const seen = new Set(events.flatMap((event) => (event.kind === 'node' ? [event.node] : [])));
  const logged = new Set(logs.map(({ node }) => node));
  const unlogged = [...seen].filter((node) => !logged.has(node)).sort();
  return [
    ...(logs.length === 0 ? ['no node has a log'] : unlogged.map((node) => `${node} has no log`)),
    ...logs.filter(({ lines }) => lines === 0).map(({ node }) => `the log of ${node} is empty`),
  ];
}
