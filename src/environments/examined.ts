/** One thing that was looked at on this machine, for `highwater doctor`. */
export interface Examined {
  readonly what: string;
  /** `degraded`: runs work, and lack something that the hint names. */
  readonly state: 'ok' | 'missing' | 'degraded';
  readonly seen: string;
  /** What to do; empty when all is well. */
  readonly hint: string;
}
