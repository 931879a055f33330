import { isHighwaterError } from '../../core/errors.ts';
import { ms, seconds, spanBetween } from '../../core/time.ts';
import { showCount } from '../../core/units.ts';
import { waitFor } from '../../core/wait-for.ts';
import type { LinkState } from '../../environments/links.ts';
import type { Effect, EngageInput } from '../fault.ts';
import type { LinkHarm } from './harm-links.ts';
import { allAround, lookAtAll, makeTrip, showTrip } from './look-at-links.ts';

/** How slow links are made. */
export type SlowState = Pick<LinkState, 'delayMs' | 'jitterMs' | 'bytesPerSecond'>;

/** How long it may take until something is on the way, or the bandwidth is used up. */
const SENT_WITHIN = seconds(3);
/** Over how long the bandwidth is measured. */
const MEASURED_FOR = seconds(1);
/** What a buffer may let through at once counts for less, the longer it is measured. */
const BANDWIDTH_SLACK = 1.3;

/**
 * Whether slow links are slow. A delay: fresh round trips take two delays at least, and bytes of
 * connections that are open are seen on their way. A bandwidth: while more is held than gets
 * through, no more gets through. With less traffic than that the limit did not bite.
 */
export async function seenSlow(
  harm: LinkHarm,
  state: SlowState,
  input: EngageInput,
): Promise<Effect> {
  const doubts = [...(await allAround(harm.directions, harm.links))];
  const seen: string[] = [];
  if (state.delayMs > 0) {
    const trips = await timedTrips(harm, input);
    const least = 2 * (state.delayMs - state.jitterMs);
    const quick = trips.filter(({ took }) => took < least);
    doubts.push(
      ...quick.map(({ name, took }) => `round trip ${name} took ${took} ms, not ${least} ms`),
    );
    if (trips.length === 0) doubts.push('no port of these nodes can be asked');
    seen.push(`${trips.length} fresh round trips took ${least} ms or more`);
  }
  if (doubts.length > 0) return { took: false, seen: doubts.join('; ') };
  const held = await somethingHeld(harm, input);
  if (held === 0) doubts.push('nothing is on its way on any open connection');
  if (state.bytesPerSecond !== null && held > 0) {
    const passed = await passedPerSecond(harm, input);
    const most = Math.ceil(state.bytesPerSecond * BANDWIDTH_SLACK);
    if (passed > most) doubts.push(`${showCount(passed)} bytes a second pass in one direction`);
    seen.push(`at most ${showCount(passed)} bytes a second passed in any direction`);
  }
  return doubts.length > 0
    ? { took: false, seen: doubts.join('; ') }
    : { took: true, seen: [...seen, `${held} bytes seen on their way`].join('; ') };
}

async function somethingHeld({ directions, links }: LinkHarm, input: EngageInput): Promise<number> {
  let most = 0;
  try {
    await waitFor(
      {
        what: 'bytes on their way',
        look: async () => {
          const looks = await lookAtAll(directions, links);
          most = Math.max(most, ...looks.map(({ heldBytes }) => heldBytes));
          return most;
        },
        show: (bytes) => `${bytes} bytes`,
      },
      {
        clock: input.clock,
        signal: input.signal,
        within: SENT_WITHIN,
        every: ms(10),
        until: (bytes) => bytes > 0,
      },
    );
  } catch (thrown) {
    // Nothing was sent, or nothing was held: the caller judges by the 0.
    if (!isHighwaterError(thrown, 'WAIT_TIMEOUT')) throw thrown;
  }
  return most;
}

/** A trip that gets no answer in time took at least as long as was waited for it. */
const timedTrips = (
  { trips }: LinkHarm,
  { sut, clock, signal }: EngageInput,
): Promise<readonly { readonly name: string; readonly took: number }[]> =>
  Promise.all(
    trips.map(async (trip) => {
      const from = clock.now();
      await makeTrip(trip, sut, signal);
      return { name: showTrip(trip), took: Math.round(spanBetween(from, clock.now())) };
    }),
  );

async function passedPerSecond(
  { directions, links }: LinkHarm,
  { clock, signal }: EngageInput,
): Promise<number> {
  const from = clock.now();
  const first = await lookAtAll(directions, links);
  await clock.sleep(MEASURED_FOR, signal);
  const last = await lookAtAll(directions, links);
  const took = spanBetween(from, clock.now());
  const passed = last.map(
    ({ passedBytes }, index) => passedBytes - (first[index]?.passedBytes ?? 0),
  );
  return Math.round((Math.max(0, ...passed) * 1_000) / took);
}
