/**
 * A search whose result is kept for all who ask. One that failed is told to who asked for it, and
 * begun anew for the next.
 */
export function searchedOnce<Args extends readonly unknown[], T>(
  search: (...args: Args) => Promise<T>,
): (...args: Args) => Promise<T> {
  let found: Promise<T> | undefined;
  return (...args) => {
    if (found === undefined) {
      const begun = search(...args);
      found = begun;
      begun.catch(() => {
        found = undefined;
      });
    }
    return found;
  };
}
