import type { NamespaceFacts, Refusal } from './target.ts';

/** The annotation by which a namespace says until when highwater may work in it. */
export const CONSENT = 'highwater/consent';

/** Longer is forgotten by whoever gave it. */
const DAYS_MAX = 30;
const DAY_MS = 86_400_000;

/**
 * Refuses a namespace that did not agree. Consent has an end, so that a namespace that was a
 * playground once is not taken for one after it has become something else.
 */
export function consentRefusals(namespace: NamespaceFacts, now: number): readonly Refusal[] {
  const text = namespace.annotations[CONSENT];
  const where = `namespace "${namespace.name}"`;
  const hint =
    `whoever answers for it: kubectl annotate --overwrite namespace ${namespace.name} ` +
    `${CONSENT}=<date-time>, such as 2026-01-31T18:00:00Z, at most ${DAYS_MAX} days ahead`;
  if (text === undefined || text.trim() === '') {
    return [{ rule: 'consent-given', what: `${where} has no annotation ${CONSENT}`, hint }];
  }
  const until = parseDateTime(text);
  if (until === null) {
    const what = `${where}: ${CONSENT} is "${text}", not a date-time with a time zone`;
    return [{ rule: 'consent-readable', what, hint }];
  }
  // Asked this way round, so that a `now` that is not a number refuses.
  if (!(until > now)) {
    return [{ rule: 'consent-expired', what: `${where}: ${CONSENT} ended at ${text}`, hint }];
  }
  if (!(until - now <= DAYS_MAX * DAY_MS)) {
    const what = `${where}: ${CONSENT} holds until ${text}, more than ${DAYS_MAX} days ahead`;
    return [{ rule: 'consent-too-long', what, hint }];
  }
  return [];
}

const DATE_TIME = /^(\d{4})-(\d{2})-(\d{2})T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/;

/** Without a zone the same text would end at another hour on another machine. */
function parseDateTime(text: string): number | null {
  const [whole, year, month, day] = DATE_TIME.exec(text) ?? [];
  if (whole === undefined) return null;
  // Date.parse takes 30 February for a day in March.
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  const at = Date.parse(whole);
  return date.getUTCDate() === Number(day) && Number.isFinite(at) ? at : null;
}
