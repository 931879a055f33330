/** How a paragraph is laid out on a terminal. */
export interface WrapOptions {
  /** Columns of the terminal. */
  readonly width: number;
  /** Put before the first line; further lines are indented as far. */
  readonly first: string;
}

/** Spaces at which a line may break: not inside "117 312", not between a figure and its unit. */
const BREAKS = / (?!(?<=\d )(?:\d{3}(?!\d)|(?:ms|s|m|h|%|records?)(?!\w)))/u;

/** Breaks one paragraph at spaces; a word that is longer than a line stays whole. */
export function wrap(text: string, { width, first }: WrapOptions): readonly string[] {
  const indent = ' '.repeat(first.length);
  const room = Math.max(20, width - first.length);
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(BREAKS)) {
    if (line !== '' && line.length + 1 + word.length > room) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  lines.push(line);
  return lines.map((each, index) => (index === 0 ? first : indent) + each);
}
