/**
 * Time in this code base has two kinds: a Span is how long, an Instant is when, counted from the
 * origin of the run on one monotonic clock. Wall-clock time appears once per run, in the plan.
 */
declare const spanBrand: unique symbol;
declare const instantBrand: unique symbol;

/** A length of time in milliseconds; may be fractional. */
export type Span = number & { readonly [spanBrand]: true };

/** A moment: milliseconds since the origin of the run, monotonic, fractional. */
export type Instant = number & { readonly [instantBrand]: true };

/** Makes a Span of milliseconds. */
export const ms = (count: number): Span => count as Span;
/** Makes a Span of seconds. */
export const seconds = (count: number): Span => (count * 1_000) as Span;
/** Makes a Span of minutes. */
export const minutes = (count: number): Span => (count * 60_000) as Span;
/** Makes an Instant of milliseconds since the origin. */
export const instant = (sinceOrigin: number): Instant => sinceOrigin as Instant;

/** The Instant that lies `span` after `from`. */
export const after = (from: Instant, span: Span): Instant => (from + span) as Instant;
/** The Span from `from` to `to`; negative when `to` comes first. */
export const spanBetween = (from: Instant, to: Instant): Span => (to - from) as Span;
