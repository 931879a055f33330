import { runCommand } from '../../../core/exec.ts';
import { minutes } from '../../../core/time.ts';
import { hasDockerImage } from './docker-command.ts';
import type { KindCluster } from './kind-cluster.ts';
import { KIND, type Run, runKind } from './kind-command.ts';

/** Until when, who is told, and what runs kind and docker: `runCommand` unless told. */
export interface LoadOptions {
  readonly signal: AbortSignal;
  readonly progress: (doing: string) => void;
  readonly run?: Run;
}

/** A few hundred megabytes go to every node; on a machine that is busy that takes a while. */
const LIMIT = minutes(5);

/** By UID of the cluster: what this process has put on its nodes. */
const loaded = new Map<string, Set<string>>();

/**
 * Puts images that this machine's docker has on all nodes of a cluster, and gives their names. What
 * docker does not have is left to the kubelet, which pulls it. An image that is rebuilt under its
 * name is put there again by the next process, not by this one.
 */
export async function loadImages(
  { name, kubeSystemUid }: KindCluster,
  references: readonly string[],
  { run = runCommand, signal, progress }: LoadOptions,
): Promise<readonly string[]> {
  const host = { run, signal };
  const there = loaded.get(kubeSystemUid) ?? new Set<string>();
  loaded.set(kubeSystemUid, there);
  const wanted = [...new Set(references)];
  const unknown = wanted.filter((each) => !there.has(each));
  const looks = await Promise.all(
    unknown.map(async (each) => ((await hasDockerImage(each, host)) ? [each] : [])),
  );
  const here = looks.flat();
  if (here.length > 0) {
    let told = false;
    await runKind(KIND.load(name, here), host, {
      within: LIMIT,
      onLine: (line) => {
        // kind passes over those that all nodes have already, which is no news.
        if (told || !line.includes('not yet present on node')) return;
        told = true;
        progress(`loading ${here.join(', ')} into kind cluster ${name}`);
      },
      hint: 'is there space left for the image on the disk and in TMPDIR?',
    });
    for (const each of here) there.add(each);
  }
  return wanted.filter((each) => there.has(each));
}
