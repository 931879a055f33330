import { isHighwaterError } from '../../../core/errors.ts';
import { seconds } from '../../../core/time.ts';
import type { Host } from './kind-command.ts';

/**
 * What is asked of the docker command beside kind. Where there is none, kind may still have another
 * engine to make nodes with (podman, nerdctl), so that no answer is no failure here.
 */
type Asker = Pick<Host, 'run' | 'signal'>;

/** A container that is a node of a kind cluster. */
export interface NodeContainer {
  /** New with each container, unlike its name. */
  readonly id: string;
  readonly name: string;
  /** As docker says it: running, exited, paused, … */
  readonly state: string;
  /** When its present life began: wall clock, milliseconds. */
  readonly startedAt: number;
}

const LIMIT = seconds(20);

/** The containers of a kind cluster, running or not; none when docker cannot be asked. */
export async function nodeContainers(
  name: string,
  asker: Asker,
): Promise<readonly NodeContainer[]> {
  const label = `label=io.x-k8s.kind.cluster=${name}`;
  const list = ['docker', 'ps', '--all', '--no-trunc', '--quiet', '--filter', label];
  const ids = ((await ask(list, asker)) ?? '').split('\n').filter(Boolean);
  if (ids.length === 0) return [];
  const format = '{{.Id}} {{.Name}} {{.State.Status}} {{.State.StartedAt}}';
  const out = await ask(['docker', 'inspect', '--format', format, ...ids], asker);
  return (out ?? '').split('\n').flatMap((line) => {
    const [id, path, state, started] = line.split(' ');
    if (!id || !path || !state || !started) return [];
    return [{ id, name: path.replace(/^\//, ''), state, startedAt: Date.parse(started) }];
  });
}

/** Whether the local docker has an image of exactly that name. */
export async function hasDockerImage(reference: string, asker: Asker): Promise<boolean> {
  const argv = ['docker', 'image', 'inspect', '--format', '{{.Id}}', reference];
  return (await ask(argv, asker)) !== null;
}

/** What `docker info` says of the engine; null when there is none that answers. */
export async function dockerInfo(asker: Asker): Promise<Readonly<Record<string, unknown>> | null> {
  const out = await ask(['docker', 'info', '--format', '{{json .}}'], asker);
  try {
    const info = JSON.parse(out ?? 'null') as Record<string, unknown> | null;
    // Without an engine some versions tell of the command alone and call that a success.
    return info !== null && info['ServerVersion'] ? info : null;
  } catch {
    return null; // Not the docker that we know.
  }
}

/** Standard output of a command that ended well; null when it did not, or is not there. */
async function ask(argv: readonly string[], { run, signal }: Asker): Promise<string | null> {
  try {
    const result = await run(argv, { signal, within: LIMIT });
    return result.code === 0 ? result.stdout : null;
  } catch (thrown) {
    if (isHighwaterError(thrown, 'ENV_NOT_READY')) return null;
    throw thrown;
  }
}
