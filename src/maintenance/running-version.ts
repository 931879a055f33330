import { readFile } from 'node:fs/promises';
import type { Node } from '../environments/node.ts';

/**
 * The version that a node's software said it is when it last started, in its own log (Kafka's
 * AppInfoParser); null when it has not said, or has no log here.
 */
export async function versionInLog({ logFile }: Node): Promise<string | null> {
  if (logFile === undefined) return null;
  const text = await readFile(logFile, 'utf8').catch(() => ''); // Not there: it has not said.
  return lastVersionIn(text);
}

/** The last version that is told in a log. */
export const lastVersionIn = (text: string): string | null =>
  [...text.matchAll(/\bKafka version: (\S+)/g)].at(-1)?.[1] ?? null;
