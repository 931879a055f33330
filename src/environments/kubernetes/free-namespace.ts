import { existsSync } from 'node:fs';
import type { JsonObject } from '../../core/json.ts';
import { seconds } from '../../core/time.ts';
import { openCluster } from './cluster.ts';
import { uidOf } from './target/target.ts';
import { removeRun } from './things-of-run.ts';

const REMOVED_WITHIN = seconds(120);

/** Gives back what a dead run had in a cluster; for `sweep`. */
export async function freeNamespace(what: JsonObject): Promise<string | null> {
  const { kubeconfig, kubeSystemUid, isOurs, namespace, label, ownsNamespace } = what;
  if (
    typeof kubeconfig !== 'string' ||
    typeof kubeSystemUid !== 'string' ||
    typeof namespace !== 'string' ||
    typeof label !== 'string' ||
    // Without these the selector would be that of all runs.
    [kubeconfig, kubeSystemUid, namespace, label].includes('')
  ) {
    throw new Error('the lease does not say which run in which cluster');
  }
  if (!existsSync(kubeconfig)) {
    if (isOurs === true) return 'gone with its cluster';
    throw new Error(`there is no ${kubeconfig}: is the cluster gone?`);
  }
  const cluster = await openCluster(kubeconfig);
  const uid = await uidOf(cluster);
  if (uid !== kubeSystemUid) {
    if (isOurs === true) return 'gone with its cluster';
    throw new Error(`another cluster is there now: its kube-system has UID ${uid}`);
  }
  const held = { place: { namespace, label }, ownsNamespace: ownsNamespace === true };
  // An API server finishes what a client asked for, also when that client was killed meanwhile;
  // what came after the last look is seen by the next.
  const all = await removeRun(cluster, held, REMOVED_WITHIN);
  return all === 0 ? 'nothing was there' : `${all} things`;
}
