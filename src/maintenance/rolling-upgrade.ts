import type { FeatureView } from '../clients/kafka/operations.ts';
import type { LogAdmin } from '../clients/kafka/port.ts';
import type { Json, JsonObject } from '../core/json.ts';
import type { Node } from '../environments/node.ts';
import { compareVersions } from '../systems/kafka/distribution.ts';
import type { Sut } from '../systems/system.ts';
import { type Bounced, bounce, provenBounced } from './bounce.ts';
import type { ChangeGround, ChangeInput, ChangeKind, ChangeResult } from './change.ts';
import { untilLeadersHome } from './leaders-home.ts';
import { cannot, carryOut } from './order.ts';
import { recordOf, textOf, unknownKeys } from './params.ts';
import { rollOrder } from './roll-order.ts';
import { versionInLog } from './running-version.ts';
import { untilWhole } from './whole.ts';

/**
 * rolling-upgrade: every node of Kafka is stopped and comes back as another version on the volumes
 * that it had, controllers before brokers, and at the end the level of metadata.version is raised.
 * That is how Kafka's upgrade notes have it (https://kafka.apache.org/43/getting-started/upgrade/),
 * except that features are raised one by one: `--release-version` would raise kraft.version too,
 * and turn a fixed quorum into a dynamic one (KAFKA-21426).
 *
 * Proved by the nodes' new lives, by the version that each tells in its own log, and by the level
 * that each broker reads back; the active controller refuses a level that a registered node does
 * not support (KIP-584, KIP-919).
 */
export const rollingUpgrade: ChangeKind = {
  name: 'rolling-upgrade',
  needs: () => ['process.terminate', 'node.replace'],
  software: (params) => [{ name: 'kafka', version: textOf(params, 'to') ?? '' }],
  problems: (params, on) => [
    ...unknownKeys(params, ['to', 'features']),
    ...versionProblems(params, on),
    ...(params['features'] === undefined || levelsOf(params) !== undefined
      ? []
      : ['features: expected levels by name, such as { "metadata.version": 25 }, or "keep"']),
  ],
  prepare: async ({ params, sut, signal }) => {
    const change = { version: textOf(params, 'to') ?? '' };
    for (const node of ofKafka(sut)) {
      const next = sut.specFor?.(node.id, change);
      if (next !== undefined) await node.control('process')?.provide?.(next, signal);
    }
  },
  perform: async (input) => {
    const { params, sut, signal } = input;
    const { specFor } = sut;
    const to = textOf(params, 'to');
    if (specFor === undefined || to === undefined) throw cannot('this system has no versions');
    await using admin = await sut.clients('check').admin(signal);
    await untilWhole(input);
    const bounced: Bounced[] = [];
    for (const id of await rollOrder(ofKafka(sut), sut, signal)) {
      bounced.push(await bounce(id, input, specFor(id, { version: to })));
    }
    await untilLeadersHome(input);
    const rolled = await provenBounced(bounced, input);
    if (!rolled.took) return rolled;
    const others = await othersThan(to, ofKafka(sut));
    if (others.length > 0) return { took: false, seen: others.join('; ') };
    const raised = await raise(admin, input);
    return { took: raised.took, seen: `${rolled.seen}; ${raised.seen}` };
  },
};

const ofKafka = ({ nodes }: Sut): readonly Node[] =>
  nodes.filter(({ spec }) => spec.software.name === 'kafka');

const LEVEL = 'metadata.version';

function versionProblems(params: JsonObject, { system }: ChangeGround): string[] {
  const to = textOf(params, 'to');
  const from = system.spec['version'];
  if (to === undefined || !/^\d+\.\d+\.\d+$/.test(to)) {
    return [`to: expected a version such as "4.3.1", got ${JSON.stringify(params['to'])}`];
  }
  if (system.kind !== 'kafka' || typeof from !== 'string') {
    return [`a system "${system.kind}" has no version to upgrade`];
  }
  return [
    ...(compareVersions(to, from) > 0
      ? []
      : [`to: ${to} is not later than ${from}, and metadata cannot be downgraded`]),
    ...(system.spec['mode'] === 'zookeeper'
      ? ['on ZooKeeper the level is in inter.broker.protocol.version; that is not upgraded here']
      : []),
  ];
}

const isLevel = (value: Json): value is number => typeof value === 'number' && value >= 1;

/** Levels that were asked for: none for "keep", null for the usual one; undefined: neither. */
function levelsOf(params: JsonObject): Readonly<Record<string, number>> | null | undefined {
  const { features } = params as { features?: Json };
  if (features === undefined) return null;
  return features === 'keep' ? {} : recordOf(params, 'features', isLevel);
}

/** Unless told: metadata.version, as high as every broker can. */
function levelsFor(
  params: JsonObject,
  views: ReadonlyMap<number, FeatureView>,
): Readonly<Record<string, number>> {
  const highest = Math.min(...[...views.values()].map((view) => view.supportedMax[LEVEL] ?? 0));
  return levelsOf(params) ?? { [LEVEL]: highest };
}

/** Nodes whose own log tells another version, each in words. */
async function othersThan(version: string, nodes: readonly Node[]): Promise<readonly string[]> {
  const told = await Promise.all(
    nodes.map(async (node) => ({ id: node.id, said: await versionInLog(node) })),
  );
  return told
    .filter(({ said }) => said !== version)
    .map(({ id, said }) => `${id} says that it is ${said ?? 'nothing'}, not ${version}`);
}

async function featuresOfAll(admin: LogAdmin): Promise<ReadonlyMap<number, FeatureView>> {
  const { brokers } = await admin.cluster();
  return new Map(
    await Promise.all(brokers.map(async ({ id }) => [id, await admin.features(id)] as const)),
  );
}

/** Raises the levels and waits until every broker goes by them. */
async function raise(admin: LogAdmin, input: ChangeInput): Promise<ChangeResult> {
  const before = await featuresOfAll(admin);
  const levels = levelsFor(input.params, before);
  const wanted = Object.entries(levels);
  if (wanted.length === 0) return { took: true, seen: 'feature levels kept' };
  const levelIn = (views: ReadonlyMap<number, FeatureView>, name: string): string =>
    [...new Set([...views.values()].map(({ finalized }) => finalized[name] ?? 0))].join(' and ');
  const show = (views: ReadonlyMap<number, FeatureView>): string =>
    wanted.map(([name]) => `${name} ${levelIn(views, name)}`).join(', ');
  const reached = (views: ReadonlyMap<number, FeatureView>): boolean =>
    wanted.every(([name, level]) => levelIn(views, name) === String(level));
  if (reached(before)) {
    // The next patch of a version can do no more than the one before.
    const isAsked = input.params['features'] !== undefined;
    return { took: !isAsked, seen: `nothing to raise: ${show(before)} already` };
  }
  const after = await carryOut(
    {
      what: 'feature levels raised',
      give: () => admin.raiseFeatures(levels),
      look: () => featuresOfAll(admin),
      until: reached,
      show,
    },
    input,
  );
  return { took: true, seen: `every broker goes by ${show(after)}, before by ${show(before)}` };
}
