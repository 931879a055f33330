/** Looks at a volume from inside of a container that has it, with what every image has. */

/** For `sh -c`, with the folder after it; what vanishes while looking is left out. */
export const LIST_FILES =
  'test -d "$0" || exit 0; find "$0" -type f -exec stat -c "%s %n" {} + 2>&- || true';

/** For `sh -c`, with the folder after it: takes out what is in it, and leaves the folder. */
export const WIPE_ALL =
  'test -d "$0" || exit 0; find "$0" -mindepth 1 -maxdepth 1 -exec rm -rf {} +';

/** Reads what LIST_FILES wrote: paths relative to the volume's root, in order. Pure. */
export const readFileList = (
  said: string,
  root: string,
): readonly { readonly path: string; readonly bytes: number }[] =>
  said
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [, bytes = '', path = ''] = /^(\d+) (.*)$/.exec(line) ?? [];
      return { path: path.slice(root.length + 1), bytes: Number(bytes) };
    })
    .sort((one, other) => (one.path < other.path ? -1 : 1));
