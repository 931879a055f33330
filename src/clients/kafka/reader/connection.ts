import { HighwaterError } from '../../../core/errors.ts';
import { errorName, PassingTrouble } from './protocol-errors.ts';
import { type ApiVersionsAnswer, apiVersions, type RequestKind } from './requests.ts';
import { type Address, Wire, type WireOptions } from './wire.ts';

/** A connection to one broker that knows which versions the broker speaks. */
export interface BrokerConnection {
  /** False once it failed or was closed. */
  readonly usable: boolean;
  /** Asks in the highest version that both sides speak. Rejects when the signal aborts. */
  ask<Ask, Answer>(kind: RequestKind<Ask, Answer>, ask: Ask, signal: AbortSignal): Promise<Answer>;
  close(): void;
}

/** Connects to a broker; whoever asked for it closes it. */
export async function openConnection(
  address: Address,
  options: WireOptions,
  signal: AbortSignal,
): Promise<BrokerConnection> {
  const wire = new Wire(address, options);
  try {
    const broker = await wire.roundTrip(apiVersions, { ask: null, version: 0 }, signal);
    if (broker.error !== 0) {
      throw new PassingTrouble(`${wire.name}: ApiVersions: ${errorName(broker.error)}`);
    }
    return {
      get usable() {
        return wire.usable;
      },
      ask: async (kind, ask, askSignal) => {
        const version = commonVersion(kind, broker);
        if (version === undefined) throw noCommonVersion(kind, broker, wire.name);
        return wire.roundTrip(kind, { ask, version }, askSignal);
      },
      close: () => wire.fail(new PassingTrouble(`${wire.name}: the connection was closed`)),
    };
  } catch (thrown) {
    wire.fail(thrown as Error);
    throw thrown;
  }
}

type Versioned = Pick<RequestKind<never, unknown>, 'name' | 'key' | 'versions'>;

/** The highest version that both sides speak; undefined when there is none. */
export function commonVersion(kind: Versioned, broker: ApiVersionsAnswer): number | undefined {
  const theirs = broker.ranges.get(kind.key);
  if (theirs === undefined) return undefined;
  const version = Math.min(kind.versions[1], theirs[1]);
  return version >= kind.versions[0] && version >= theirs[0] ? version : undefined;
}

function noCommonVersion(kind: Versioned, broker: ApiVersionsAnswer, name: string): HighwaterError {
  const show = (range: readonly [number, number] | undefined): string =>
    range === undefined ? 'no version' : `v${range[0]} to v${range[1]}`;
  const theirs = broker.ranges.get(kind.key);
  return new HighwaterError(
    'CLIENT_FAILED',
    `${name} speaks ${show(theirs)} of ${kind.name}, this reader ${show(kind.versions)}`,
    { hint: 'Kafka 0.11 and later can be read; is the broker of another make?' },
  );
}
