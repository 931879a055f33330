import { HighwaterError } from '../../core/errors.ts';
import { bytes, mebibytes } from '../../core/units.ts';
import type { AddressBook } from '../../environments/environment.ts';
import type { RoleSpec } from '../../environments/node.ts';
import type { NodeId } from '../../record/names.ts';
import { ensembleRoleOf } from '../zookeeper/ensemble-layout.ts';
import type { KafkaSpec } from './spec.ts';

/**
 * Who is who in a cluster: roles and ports before addresses are known, and Kafka's numbers for the
 * nodes after. Brokers are numbered from 1, controllers of their own from 101, in the order of the
 * address book. Combined nodes are brokers with one more listener.
 */
/** The role of brokers, combined nodes included. */
export const BROKER = 'broker';
/** The role of nodes of their own for the metadata quorum of KRaft. */
export const CONTROLLER = 'controller';
/** The volume with a broker's logs, or a controller's metadata log. */
export const DATA = 'data';

const CONTROLLER_BASE = 100;
/**
 * What a JVM takes beside its heap: metaspace, threads, page buffers (290–370 MB seen with 384 m).
 */
const BESIDE_HEAP_MIB = 160;

const BROKER_PORTS: RoleSpec['ports'] = [
  { name: 'peer', from: ['peer'] },
  { name: 'load', from: ['load'] },
  { name: 'check', from: ['check'] },
];
const QUORUM_PORT: RoleSpec['ports'][number] = { name: 'controller', from: ['peer'] };
const CHECK_PORT: RoleSpec['ports'][number] = { name: 'check', from: ['check'] };

/** Roles, ports and volumes of a cluster. */
export function rolesOf(spec: KafkaSpec): readonly RoleSpec[] {
  const memory = bytes(mebibytes(spec.heapMiB + BESIDE_HEAP_MIB));
  const brokers: RoleSpec = {
    role: BROKER,
    count: spec.brokers,
    countMax: spec.brokersMax,
    ports: spec.combined ? [...BROKER_PORTS, QUORUM_PORT] : BROKER_PORTS,
    volumes: [DATA],
    ...(spec.dataLimitMiB === null
      ? {}
      : { volumeLimits: { [DATA]: mebibytes(spec.dataLimitMiB) } }),
    memory,
    votes: spec.combined,
  };
  if (spec.zookeeper !== null) return [ensembleRoleOf(spec.zookeeper), brokers];
  if (spec.combined) return [brokers];
  const controllers: RoleSpec = {
    role: CONTROLLER,
    count: spec.controllers,
    countMax: spec.controllers,
    ports: [QUORUM_PORT, CHECK_PORT],
    volumes: [DATA],
    memory,
    votes: true,
  };
  return [controllers, brokers];
}

/** One node with Kafka's number for it. */
export interface Member {
  readonly node: NodeId;
  readonly number: number;
  readonly isBroker: boolean;
  readonly isController: boolean;
}

/** The nodes of Kafka that the spec asks for, controllers first: brokers wait for them. */
export const membersOf = (spec: KafkaSpec, book: AddressBook): readonly Member[] =>
  reservedMembers(spec, book).filter(({ isBroker, number }) => !isBroker || number <= spec.brokers);

/**
 * The same with the brokers that are reserved for later. None of those is a controller: the voters
 * of a quorum are fixed in every node's configuration.
 */
export function reservedMembers(spec: KafkaSpec, book: AddressBook): readonly Member[] {
  const members = book.nodesOf(BROKER).map((node, index) => ({
    node,
    number: index + 1,
    isBroker: true,
    isController: spec.combined && index < spec.brokers,
  }));
  if (spec.combined || spec.zookeeper !== null) return members;
  const controllers = book.nodesOf(CONTROLLER).slice(0, spec.controllers);
  return [
    ...controllers.map((node, index) => ({
      node,
      number: CONTROLLER_BASE + index + 1,
      isBroker: false,
      isController: true,
    })),
    ...members,
  ];
}

/** The node of one of Kafka's numbers, also of a broker that was reserved for later. */
export function nodeOfNumber(number: number, book: AddressBook): NodeId {
  const isController = number > CONTROLLER_BASE;
  const role = isController ? CONTROLLER : BROKER;
  const node = book.nodesOf(role)[number - (isController ? CONTROLLER_BASE : 0) - 1];
  if (node === undefined) {
    throw new HighwaterError('CLIENT_FAILED', `Kafka speaks of node ${number}, which is not ours`, {
      facts: { number },
      hint: 'another cluster may answer on an address of this run',
    });
  }
  return node;
}
