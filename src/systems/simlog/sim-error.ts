/**
 * What a client of the simulated log is told, in the words of the protocol or of the platform; the
 * fields are those in which client libraries carry them, so that the table of outcomes reads it.
 */
export class SimError extends Error {
  /** Kafka's name of the error: NOT_LEADER_OR_FOLLOWER. */
  readonly type: string | undefined;
  /** Node's name of the error: ECONNREFUSED. */
  readonly code: string | undefined;
  /** False only when nothing ever left the client. */
  readonly maySent: boolean;

  constructor(name: string, maySent: boolean, what: string) {
    super(`${what}: ${name}`);
    const ofPlatform = /^E[A-Z]+$/.test(name);
    this.name = 'SimError';
    this.type = ofPlatform ? undefined : name;
    this.code = ofPlatform ? name : undefined;
    this.maySent = maySent;
  }
}
