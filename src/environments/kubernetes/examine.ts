import { assertNever, isHighwaterError, messageOf } from '../../core/errors.ts';
import { runCommand } from '../../core/exec.ts';
import { seconds } from '../../core/time.ts';
import { bytes, mebibytes, showBytes } from '../../core/units.ts';
import { foldersOf } from '../../leases/folders.ts';
import type { Examined } from '../examined.ts';
import { kindFilesOf } from './kind/descriptor.ts';
import { dockerInfo, hasDockerImage } from './kind/docker-command.ts';
import { kindClusterName, kindImage } from './kind/kind-cluster.ts';
import { KIND, type Run, runKind } from './kind/kind-command.ts';
import { type KindLook, lookAtKindCluster } from './kind/look.ts';

type Env = Readonly<Record<string, string | undefined>>;
type Asker = { readonly run: Run; readonly signal: AbortSignal };

/** A cluster of three nodes takes 1.3 GiB, and three brokers with a controller as much again. */
const MEMORY_WISHED = mebibytes(4_096);

const ok = (what: string, seen: string): Examined => ({ what, state: 'ok', seen, hint: '' });

/** Looks at what runs on Kubernetes depend on: kind, its engine, our cluster; starts nothing. */
export async function examineKubernetes(
  env: Env = process.env,
  run: Run = runCommand,
): Promise<readonly Examined[]> {
  const asker = { run, signal: new AbortController().signal };
  const kind = await examineKind(asker);
  const info = await dockerInfo(asker);
  if (info === null) {
    const hint = 'kind makes its nodes from containers: start Docker';
    return [kind, { what: 'docker', state: 'missing', seen: 'no engine answers', hint }];
  }
  return [
    kind,
    ok('docker', `${String(info['ServerVersion'])} on ${String(info['OperatingSystem'])}`),
    examineMemory(info['MemTotal']),
    await examineImage(env, asker),
    ...(kind.state === 'ok' ? [await examineCluster(env, asker)] : []),
  ];
}

async function examineKind(asker: Asker): Promise<Examined> {
  const what = 'kind';
  try {
    return ok(what, (await runKind(KIND.version(), asker, { within: seconds(20) })).trim());
  } catch (thrown) {
    const hint = 'install kind 0.20 or later and put it on the PATH: https://kind.sigs.k8s.io';
    return { what, state: 'missing', seen: messageOf(thrown), hint };
  }
}

function examineMemory(total: unknown): Examined {
  const what = 'memory of the engine';
  if (typeof total !== 'number') return ok(what, 'not told');
  const seen = `${showBytes(bytes(total))} in all`;
  if (total >= MEMORY_WISHED) return ok(what, seen);
  const hint = `a cluster and a run in it may want ${showBytes(MEMORY_WISHED)}`;
  return { what, state: 'degraded', seen, hint };
}

async function examineImage(env: Env, asker: Asker): Promise<Examined> {
  const what = 'image of kind nodes';
  const image = kindImage(env);
  if (image === null) return ok(what, "kind's own; another one is named by HIGHWATER_KIND_IMAGE");
  if (await hasDockerImage(image, asker)) return ok(what, image);
  const hint = 'kind pulls it when it makes the cluster; or name another: HIGHWATER_KIND_IMAGE';
  return { what, state: 'degraded', seen: `the engine has no ${image}`, hint };
}

async function examineCluster(env: Env, asker: Asker): Promise<Examined> {
  const what = 'kind cluster';
  try {
    const name = kindClusterName(env);
    const files = kindFilesOf(foldersOf(env).cache, name);
    return showLook(name, await lookAtKindCluster(name, files, asker));
  } catch (thrown) {
    const hint = (isHighwaterError(thrown) ? thrown.hint : undefined) ?? '';
    return { what, state: 'missing', seen: messageOf(thrown), hint };
  }
}

/** What a look at our cluster means for the next run. Pure. */
export function showLook(name: string, look: KindLook): Examined {
  const what = 'kind cluster';
  switch (look.state) {
    case 'absent':
      return ok(what, `${name}: not there; the first run makes it`);
    case 'ours':
      return ok(what, `${name}: ours, of ${look.descriptor.createdAt}`);
    case 'broken': {
      const hint = 'the next run deletes it and makes it anew, which takes a minute';
      return { what, state: 'degraded', seen: `${name}: ours; ${look.why}`, hint };
    }
    case 'stranger': {
      const hint = 'choose another name: HIGHWATER_KIND_CLUSTER';
      return { what, state: 'missing', seen: `${name}: not ours: ${look.why}`, hint };
    }
    default:
      return assertNever(look);
  }
}
