/** How many columns a character takes at most: those of East Asian scripts and emoji take two. */
const columnsOf = (character: string): number => {
  const point = character.codePointAt(0) as number;
  // From Hangul Jamo on; the block of punctuation, arrows, box drawing and signs takes one.
  return point >= 0x1100 && !(point >= 0x2000 && point < 0x2e80) ? 2 : 1;
};

/** How many columns a line takes on a terminal; rather too many than too few. */
export const columnsIn = (text: string): number =>
  Array.from(text).reduce((sum, character) => sum + columnsOf(character), 0);

/** Cuts a line to a terminal's columns and shows that it was cut. */
export function cutTo(text: string, columns: number): string {
  if (columnsIn(text) <= columns) return text;
  let kept = '';
  let taken = 1;
  for (const character of text) {
    taken += columnsOf(character);
    if (taken > columns) break;
    kept += character;
  }
  return `${kept}…`;
}
