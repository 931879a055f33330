/** Tells whether a thrown value is a system error of one of these codes. */
export const isErrno = (thrown: unknown, ...codes: readonly string[]): boolean =>
  thrown instanceof Error && codes.includes((thrown as NodeJS.ErrnoException).code ?? '');
