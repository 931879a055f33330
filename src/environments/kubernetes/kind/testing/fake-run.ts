import type { CommandResult } from '../../../../core/exec.ts';
import type { Run } from '../kind-command.ts';

/** What a command that begins with these words does: says this, or fails with that. */
export type Script = Readonly<Record<string, string | { readonly fails: string }>>;

/** Plays kind and docker; what the script does not name ends with exit code 1. */
export function fakeRun(script: Script): { readonly run: Run; readonly given: string[] } {
  const given: string[] = [];
  const run: Run = (argv, { signal }) => {
    signal.throwIfAborted();
    const line = argv.join(' ');
    given.push(line);
    const said = Object.entries(script).find(([words]) => line.startsWith(words))?.[1];
    const result: CommandResult = {
      argv,
      code: typeof said === 'string' ? 0 : 1,
      endedBy: null,
      stdout: typeof said === 'string' ? said : '',
      stderr: typeof said === 'object' ? said.fails : '',
      truncated: false,
      tookMs: 1,
    };
    return Promise.resolve(result);
  };
  return { run, given };
}

/** A kubeconfig as kind writes it, with a certificate authority that is this text. */
export function kubeconfigOf(name: string, authority: string, server = 'https://127.0.0.1:40123') {
  const authorityData = Buffer.from(authority).toString('base64');
  const context = `kind-${name}`;
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': context,
    clusters: [
      {
        name: context,
        cluster: { server, 'certificate-authority-data': authorityData },
      },
    ],
    contexts: [{ name: context, context: { cluster: context, user: context } }],
    users: [{ name: context, user: {} }],
  });
}
