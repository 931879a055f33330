import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { distributionsIn } from './distribution.ts';

/** What is remembered of software by name and version: the distributions that nodes of it used. */
const indexFile = (cache: string, software: { name: string; version: string }): string =>
  join(cache, 'software', `${software.name}-${software.version}`.replace(/[^\w.-]/g, '_'));

/** Remembers that nodes of this software use this distribution. */
export function rememberSoftware(
  cache: string,
  software: { readonly name: string; readonly version: string },
  key: string,
): void {
  const keys = keysOf(cache, software);
  if (keys.includes(key)) return;
  mkdirSync(join(cache, 'software'), { recursive: true });
  writeFileSync(indexFile(cache, software), `${[...keys, key].join('\n')}\n`);
}

/** Whether nodes of this software can be expected to start without Maven. */
export function isSoftwareCached(
  cache: string,
  software: { readonly name: string; readonly version: string },
): boolean {
  const keys = keysOf(cache, software);
  return keys.length > 0 && keys.every((key) => existsSync(join(distributionsIn(cache), key)));
}

function keysOf(cache: string, software: { name: string; version: string }): readonly string[] {
  try {
    return readFileSync(indexFile(cache, software), 'utf8').split('\n').filter(Boolean);
  } catch {
    return []; // Never used so far.
  }
}
