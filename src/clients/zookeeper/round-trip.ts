import { type ServerAddress, sayOnce } from './four-letter-words.ts';
import { JuteWriter } from './jute.ts';

/** The ports of a server, each with a protocol of its own. */
export type ServerPort = 'client' | 'quorum' | 'election';

/** QuorumPacket types of Leader: neither FOLLOWERINFO nor OBSERVERINFO. */
const PING = 5;
/** No server has this number; they are numbered from 1. */
const NOBODY = 0n;

/**
 * What makes a server answer at a port. Among peers that is to close the connection, once it has
 * read who calls: the election port turns away every lower number, to call back those that it
 * knows (QuorumCnxManager.handleConnection), and a leader turns away whoever does not begin as a
 * learner (LearnerHandler.run). Either is a line in the log of the server, and nothing more.
 */
const GREETINGS: Readonly<Record<ServerPort, Buffer>> = {
  client: Buffer.from('ruok'),
  // The body alone: neither protocol puts the length of a message in front of it.
  election: new JuteWriter().long(NOBODY).body(),
  quorum: new JuteWriter().int(PING).long(0n).int(-1).int(-1).body(),
};

/**
 * Whether a server answers at a port of its over a connection of this moment. Only the leader of
 * an ensemble listens at its quorum port.
 */
export async function makesRoundTrip(
  at: ServerAddress,
  port: ServerPort,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    await sayOnce(at, GREETINGS[port], signal);
    return true;
  } catch {
    // Refused or silent: both are no round trip; only an abort is news.
    signal.throwIfAborted();
    return false;
  }
}

/** Whether that is the name of a port of a server. */
export const isServerPort = (name: string): name is ServerPort => name in GREETINGS;
