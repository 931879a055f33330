import { showEndpoint } from '../../environments/endpoint.ts';
import type { AddressBook } from '../../environments/environment.ts';
import type { Vantage } from '../../environments/node.ts';
import type { Profile } from '../../record/plan.ts';
import { connectString } from '../zookeeper/ensemble-layout.ts';
import { DATA, type Member, membersOf } from './cluster-layout.ts';
import { profileSettings } from './profile-settings.ts';
import type { KafkaSpec } from './spec.ts';

/** Kafka's name of the listener for each vantage. */
const LISTENER_OF: Readonly<Record<Vantage, string>> = {
  peer: 'PEER',
  load: 'LOAD',
  check: 'CHECK',
};
const QUORUM_LISTENER = 'CONTROLLER';
const VANTAGES = Object.keys(LISTENER_OF) as readonly Vantage[];

/** The text of one node's server.properties: the layout first, then profile and suite. */
export function serverProperties(
  member: Member,
  { spec, profile, book }: { spec: KafkaSpec; profile: Profile; book: AddressBook },
): string {
  const settings = { ...layoutSettings(member, spec, book), ...profileSettings(spec, profile) };
  return Object.entries(settings)
    .map(([key, value]) => `${key}=${escapeValue(value)}\n`)
    .join('');
}

function layoutSettings(
  member: Member,
  spec: KafkaSpec,
  book: AddressBook,
): Readonly<Record<string, string>> {
  if (spec.zookeeper !== null) {
    return {
      'broker.id': String(member.number),
      'zookeeper.connect': connectString(spec.zookeeper, book),
      ...listenerSettings(member, book),
      'log.dirs': book.volume(member.node, DATA),
    };
  }
  const clients = member.isBroker ? clientListeners(member, book) : [];
  const quorum = member.isController ? quorumListeners(member, book) : [];
  const voters = membersOf(spec, book).filter((other) => other.isController);
  const quorumNames = quorum.length > 0 ? quorum.map(nameOf).join(',') : QUORUM_LISTENER;
  const names = new Set([...clients, ...quorum].map(nameOf)).add(QUORUM_LISTENER);
  return {
    'process.roles': [member.isBroker && 'broker', member.isController && 'controller']
      .filter((role) => role !== false)
      .join(','),
    'node.id': String(member.number),
    'controller.quorum.voters': voters
      .map((voter) => `${voter.number}@${showEndpoint(book.at(voter.node, 'controller', 'peer'))}`)
      .join(','),
    'controller.listener.names': quorumNames,
    'listener.security.protocol.map': [...names].map((name) => `${name}:PLAINTEXT`).join(','),
    listeners: [...clients, ...quorum].join(','),
    ...(member.isBroker
      ? {
          'advertised.listeners': advertised(member, book),
          'inter.broker.listener.name': LISTENER_OF.peer,
        }
      : {}),
    'log.dirs': book.volume(member.node, DATA),
  };
}

/** The listeners of a broker on ZooKeeper, one for each vantage. */
function listenerSettings(member: Member, book: AddressBook): Readonly<Record<string, string>> {
  const clients = clientListeners(member, book);
  return {
    'listener.security.protocol.map': clients.map((each) => `${nameOf(each)}:PLAINTEXT`).join(','),
    listeners: clients.join(','),
    'advertised.listeners': advertised(member, book),
    'inter.broker.listener.name': LISTENER_OF.peer,
  };
}

const clientListeners = (member: Member, book: AddressBook): readonly string[] =>
  VANTAGES.map((vantage) =>
    listener(LISTENER_OF[vantage], book.listen(member.node, vantage, vantage)),
  );

/** Where others come to: behind a link that is another place than where the broker listens. */
const advertised = (member: Member, book: AddressBook): string =>
  VANTAGES.map((vantage) =>
    listener(LISTENER_OF[vantage], book.at(member.node, vantage, vantage)),
  ).join(',');

/**
 * A controller of its own is looked at through a second listener; a combined node as a broker. The
 * quorum's listener is advertised as it is written here (KIP-853), and a node's own name means its
 * own address to it, so that peers who learn of the leader go the same way as by quorum.voters.
 */
function quorumListeners(member: Member, book: AddressBook): readonly string[] {
  const quorum = listener(QUORUM_LISTENER, book.at(member.node, 'controller', 'peer'));
  if (member.isBroker) return [quorum];
  return [quorum, listener(LISTENER_OF.check, book.listen(member.node, 'check', 'check'))];
}

const listener = (name: string, at: { host: string; port: number }): string =>
  `${name}://${showEndpoint(at)}`;

const nameOf = (written: string): string => written.slice(0, written.indexOf(':'));

/** java.util.Properties reads backslashes and line ends as its own. */
const escapeValue = (value: string): string =>
  value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\r', '\\r');
