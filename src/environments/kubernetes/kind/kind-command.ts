import { fileURLToPath } from 'node:url';
import { HighwaterError } from '../../../core/errors.ts';
import { type CommandOptions, type CommandResult, showArgv } from '../../../core/exec.ts';
import type { Span } from '../../../core/time.ts';

/** What a cluster of ours is made from: kind-config.yaml at the top of the repository. */
export const KIND_CONFIG = fileURLToPath(new URL('../../../../kind-config.yaml', import.meta.url));

/** Runs a command of the host: `runCommand`, or in tests what plays its part. */
export type Run = (argv: readonly string[], options: CommandOptions) => Promise<CommandResult>;

/** Who runs commands for a cluster, until when, and who is told. */
export interface Host {
  readonly run: Run;
  readonly signal: AbortSignal;
  readonly progress: (doing: string) => void;
}

/** How long a command may take, and who reads along. */
export interface KindCall {
  readonly within: Span;
  readonly onLine?: (line: string) => void;
  readonly hint?: string;
}

/** What a cluster is made with. */
export interface KindMaking {
  readonly name: string;
  /** Image of its nodes; kind's own default unless told. */
  readonly image?: string;
  readonly kubeconfig: string;
}

/**
 * The commands of kind that we give. Those that would write to the user's own kubeconfig are told
 * to write to ours: kind merges into it otherwise, and switches the context of whoever uses it.
 */
export const KIND = {
  version: () => ['kind', 'version'],
  clusters: () => ['kind', 'get', 'clusters'],
  nodes: (name: string) => ['kind', 'get', 'nodes', '--name', name],
  /** Writes to its standard output only. */
  kubeconfig: (name: string) => ['kind', 'get', 'kubeconfig', '--name', name],
  create: ({ name, image, kubeconfig }: KindMaking) => [
    ...['kind', 'create', 'cluster', '--name', name],
    ...(image === undefined ? [] : ['--image', image]),
    ...['--config', KIND_CONFIG, '--kubeconfig', kubeconfig, '--wait', '120s'],
  ],
  delete: ({ name, kubeconfig }: KindMaking) => [
    ...['kind', 'delete', 'cluster', '--name', name, '--kubeconfig', kubeconfig],
  ],
  load: (name: string, images: readonly string[]) => [
    ...['kind', 'load', 'docker-image', '--name', name, ...images],
  ],
} as const satisfies Record<string, (...args: never[]) => readonly string[]>;

/** Runs one of them and gives its standard output; throws ENV_NOT_READY with what kind said. */
export async function runKind(
  argv: readonly string[],
  { run, signal }: Pick<Host, 'run' | 'signal'>,
  { within, onLine, hint }: KindCall,
): Promise<string> {
  const result = await run(argv, {
    signal,
    within,
    env: { KUBECONFIG: undefined },
    ...(onLine === undefined ? {} : { onLine }),
  });
  if (result.code === 0) return result.stdout;
  const { code, endedBy, stderr } = result;
  throw new HighwaterError('ENV_NOT_READY', `${showArgv(argv)}: ${kindSaid(stderr)}`, {
    facts: { argv, code, endedBy, stderr },
    ...(hint === undefined ? {} : { hint }),
  });
}

/**
 * What kind said of why it failed: its error without the command line that it ran, which goes on
 * for pages, and what this command complained of first.
 */
export function kindSaid(stderr: string): string {
  const error = /^ERROR: (.+)$/m
    .exec(stderr)?.[1]
    ?.replace(/: command ".*" failed with error: /, ': ');
  const [, output = ''] = stderr.split(/^Command Output: */m);
  const lines = output.split('\n').filter((line) => line.trim() !== '');
  // Before its complaint there may be an id that it made, or pages of a log.
  const complaint = lines.find((line) => /error/i.test(line)) ?? lines[0];
  const said = [error, complaint].filter((each) => each !== undefined).join(': ');
  return said || stderr.trim().split('\n').at(-1) || 'it said nothing';
}

/** The step that a line of `kind create` begins; null for any other line. */
export function stepOf(line: string): string | null {
  const step = /^ \u2022 (.+?)[^\p{L}\p{N})]*\.{3}\s*$/u.exec(line)?.[1];
  return step === undefined ? null : step.replace(/^./, (first) => first.toLowerCase());
}
