/**
 * What cannot be shown as it is: C0 and C1 controls but for line feed, bidirectional overrides that
 * reorder what a reader sees, the two non-characters that XML 1.0 forbids, lone surrogates.
 */
const UNSHOWABLE =
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffe\uffff]|\p{Surrogate}/gu;

/**
 * Makes text of unknown origin (a record's value, a log line) safe for a terminal, XML and HTML:
 * what cannot be shown becomes a visible escape such as `\u001b`.
 */
export const printable = (text: string): string =>
  text.replace(
    UNSHOWABLE,
    (found) => `\\u${(found.codePointAt(0) as number).toString(16).padStart(4, '0')}`,
  );

/** The same on one line: line feeds become spaces. */
export const onOneLine = (text: string): string =>
  printable(text.replace(/\s*[\r\n]+\s*/gu, ' ').trim());
