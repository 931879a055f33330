import { showCount } from '../../core/units.ts';
import type { EnsembleEvent, RunEvent } from '../../record/events.ts';
import type { RunRecord } from '../../record/run-record.ts';
import type { Anomaly, Checker } from '../checker.ts';
import { decide } from '../finding.ts';

/**
 * Claim, of every run with a ZooKeeper ensemble: when the load is over, its servers are one
 * ensemble and hold the same data.
 *
 * Sees: servers that lead or stand alone beside one another (SPLIT_CLUSTER); one that did not get
 * on to where the others had been long before (STALE_REPLICA); data, node counts or ephemeral nodes
 * that differ at one and the same zxid (DIVERGED), which ZooKeeper promises never to happen; an
 * ephemeral node whose owner is no live session of that server (ORPHAN_EPHEMERAL): a ghost of a
 * broker that is no more (ZOOKEEPER-2355).
 *
 * Cannot see: data that all servers have lost alike, and what differed and was made good before the
 * end of the load.
 *
 * False alarms: an ensemble that is still written to is not comparable; that is a doubt, not an
 * anomaly. ZooKeeper's own nodes below /zookeeper differ lawfully and are not in the digest.
 */
export const ensembleAgreesChecker: Checker = {
  claim: 'ensemble-agrees',
  needsFault: false,
  aboutTime: false,
  applies: ({ system }) => hasEnsemble(system.spec['zookeeper']),
  statement: () => 'the servers of the ensemble are one, and hold the same data',
  check(record) {
    const looks = looksOf(record.events);
    const last = [...looks.values()].map((all) => all.at(-1) as Told);
    const answered = last.filter(({ zxid }) => zxid !== null);
    const furthest = answered.reduce((most, { zxid }) => (at(zxid) > most ? at(zxid) : most), 0n);
    const level = answered.filter(({ zxid }) => at(zxid) === furthest);
    const behind = answered.filter(({ zxid }) => at(zxid) < furthest);
    const stale = behind.flatMap((server) => staleness(server, looks));
    return decide({
      looked: { at: answered.length, what: 'servers of the ensemble' },
      measured: [
        { name: 'nodes of the data tree', value: level[0]?.nodeCount ?? 0, unit: 'count' },
        { name: 'ephemeral nodes', value: level[0]?.ephemerals.length ?? 0, unit: 'count' },
      ],
      anomalies: [
        ...splits(answered),
        ...stale,
        ...divergence(level),
        ...answered.flatMap(orphans),
      ],
      doubts: [
        ...absent(record, last),
        ...(behind.length > stale.length
          ? [`the ensemble was still moving: ${behind.map(showPlace).join(', ')} behind others`]
          : []),
        ...level
          .filter(({ digest }) => digest === null)
          .map(({ node }) => `the data of ${node} could not be read at one zxid`),
      ],
      holds:
        `${answered.length} servers hold the same ` +
        `${showCount(level[0]?.nodeCount ?? 0)} nodes at ${level[0]?.zxid}`,
    });
  },
};

type Told = RunEvent & EnsembleEvent;

const hasEnsemble = (spec: unknown): spec is { readonly servers: number } =>
  typeof spec === 'object' && spec !== null && 'servers' in spec;

/** What each server told, first to last. */
function looksOf(events: readonly RunEvent[]): ReadonlyMap<string, readonly Told[]> {
  const looks = new Map<string, Told[]>();
  for (const event of events) {
    if (event.kind === 'ensemble') looks.set(event.node, [...(looks.get(event.node) ?? []), event]);
  }
  return looks;
}

const at = (zxid: string | null): bigint => (zxid === null ? -1n : BigInt(zxid));
const showPlace = ({ node, zxid }: Told): string => `${node} at ${zxid}`;

function absent({ plan }: RunRecord, last: readonly Told[]): string[] {
  const spec = plan.system.spec['zookeeper'];
  const planned = hasEnsemble(spec) ? spec.servers : 0;
  return [
    ...last.filter(({ zxid }) => zxid === null).map(({ node }) => `${node} did not answer`),
    ...(last.length < planned ? [`${last.length} of ${planned} servers were looked at`] : []),
  ];
}

/** More than one server that follows nobody. */
function splits(answered: readonly Told[]): Anomaly[] {
  const alone = answered.filter(({ mode }) => mode === 'leader' || mode === 'standalone');
  if (alone.length < 2 && !(answered.length > 1 && alone[0]?.mode === 'standalone')) return [];
  return alone.map(({ node, mode }) => ({
    code: 'SPLIT_CLUSTER',
    where: node,
    text: `is ${mode === 'leader' ? 'a leader' : 'standalone'} beside ${answered.length - 1} others`,
  }));
}

/** Behind now where another server had been at the look before. */
function staleness(server: Told, looks: ReadonlyMap<string, readonly Told[]>): Anomaly[] {
  const passed = [...looks.values()]
    .flatMap((all) => all.slice(0, -1))
    .find(({ zxid, t }) => at(zxid) > at(server.zxid) && t < server.t);
  if (passed === undefined) return [];
  const since = Math.round((server.t - passed.t) / 100) / 10;
  const text = `stands at ${server.zxid}; ${passed.node} was at ${passed.zxid} ${since} s before`;
  return [{ code: 'STALE_REPLICA', where: server.node, text }];
}

/** What servers at the same zxid do not have in common with the one that leads them. */
function divergence(level: readonly Told[]): Anomaly[] {
  const model = level.find(({ mode }) => mode === 'leader') ?? level[0];
  if (model === undefined) return [];
  return level
    .filter((other) => other !== model)
    .flatMap((other) =>
      differences(other, model).map((text) => ({
        code: 'DIVERGED',
        where: other.node,
        text: `at ${model.zxid} ${text}`,
      })),
    );
}

function differences(other: Told, model: Told): string[] {
  const found: string[] = [];
  if (other.nodeCount !== model.nodeCount) {
    found.push(`it has ${other.nodeCount} nodes, ${model.node} has ${model.nodeCount}`);
  }
  if (other.digest !== null && model.digest !== null && other.digest !== model.digest) {
    found.push(`its data digests to ${other.digest}, that of ${model.node} to ${model.digest}`);
  }
  const lacking = ephemeralsNotIn(other, model);
  const spare = ephemeralsNotIn(model, other);
  if (lacking.length > 0) found.push(`it lacks the ephemeral nodes ${lacking.join(', ')}`);
  if (spare.length > 0) found.push(`it alone has the ephemeral nodes ${spare.join(', ')}`);
  return found;
}

/** Ephemeral nodes of `all` that `some` has not, or has of another owner. */
const ephemeralsNotIn = (some: Told, all: Told): string[] =>
  all.ephemerals
    .filter(
      ({ path, owner }) => !some.ephemerals.some((its) => its.path === path && its.owner === owner),
    )
    .map(({ path, owner }) => `${path} of ${owner}`);

const orphans = ({ node, sessions, ephemerals }: Told): Anomaly[] =>
  ephemerals
    .filter(({ owner }) => !sessions.includes(owner))
    .map(({ path, owner }) => ({
      code: 'ORPHAN_EPHEMERAL',
      where: node,
      text: `${path} belongs to session ${owner}, which does not live`,
    }));
