import { HighwaterError } from '../../core/errors.ts';
import type { AllowedTarget } from './target.ts';

/** Names the foreign clusters that may be worked on: UIDs of their kube-system, with commas. */
export const ALLOW_CLUSTER = 'HIGHWATER_ALLOW_CLUSTER';

const UID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * The allow-list as the environment variable says; null when it names none. An entry that is not a
 * UID fails: a pattern or the name of a cluster would be a list that means more than it says.
 */
export function allowedClusters(
  env: Readonly<Record<string, string | undefined>>,
): AllowedTarget | null {
  const entries = (env[ALLOW_CLUSTER] ?? '')
    .split(',')
    .map((entry) => entry.trim().toLowerCase())
    .filter((entry) => entry !== '');
  const bad = entries.filter((entry) => !UID.test(entry));
  if (bad.length > 0) {
    const shown = bad.map((entry) => `"${entry}"`).join(', ');
    throw new HighwaterError('USAGE', `${ALLOW_CLUSTER}: not a UID: ${shown}`, {
      facts: { bad },
      hint: "it takes what kubectl get namespace kube-system -o jsonpath='{.metadata.uid}' prints",
    });
  }
  return entries.length === 0 ? null : { kind: 'foreign', kubeSystemUids: entries };
}
