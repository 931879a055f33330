/**
 * Which offset a sequence number was first found at, in memory that grows with the number of
 * irregularities: as long as both go up by one, a run of records is one entry.
 */
export class OffsetMap {
  readonly #runs: { first: number; last: number; readonly offset: bigint }[] = [];
  readonly #runsMax: number;

  /** Beyond `runsMax` runs new ones are forgotten; looking one up then gives null. */
  constructor(runsMax = 1_000_000) {
    this.#runsMax = runsMax;
  }

  add(sequence: number, offset: bigint): void {
    const run = this.#runs.at(-1);
    if (run?.last === sequence - 1 && run.offset + BigInt(sequence - run.first) === offset) {
      run.last = sequence;
    } else if (this.#runs.length < this.#runsMax) {
      this.#runs.push({ first: sequence, last: sequence, offset });
    }
  }

  /** Linear in the runs: meant for the few records that are told one by one. */
  get(sequence: number): bigint | null {
    const run = this.#runs.find(({ first, last }) => first <= sequence && sequence <= last);
    return run === undefined ? null : run.offset + BigInt(sequence - run.first);
  }
}
