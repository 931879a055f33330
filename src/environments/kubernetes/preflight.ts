import { isHighwaterError, messageOf } from '../../core/errors.ts';
import type { Folders } from '../../leases/folders.ts';
import type { Shortfall } from '../capabilities.ts';
import { examineKubernetes } from './examine.ts';
import { foreignTarget } from './target/foreign-target.ts';

/** What is looked at before a run. */
export interface PreflightSetting {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly folders: Folders;
  readonly foreign: { readonly context: string; readonly namespace: string } | null;
}

/** Everything for which a run could not start here; makes no cluster. */
export async function shortfalls(
  { env, folders, foreign }: PreflightSetting,
  signal: AbortSignal,
): Promise<readonly Shortfall[]> {
  if (foreign === null) {
    const missing = (await examineKubernetes(env)).filter(({ state }) => state === 'missing');
    return missing.map(({ what, seen, hint }) => ({
      what: `${what}: ${seen}`,
      hint,
      kind: 'not-ready',
    }));
  }
  try {
    await foreignTarget({ ...foreign, env, folders });
    return [];
  } catch (thrown) {
    signal.throwIfAborted();
    const hint = (isHighwaterError(thrown) ? thrown.hint : undefined) ?? 'run: highwater doctor';
    const notReady = isHighwaterError(thrown, 'ENV_NOT_READY') || !isHighwaterError(thrown);
    return [{ what: messageOf(thrown), hint, kind: notReady ? 'not-ready' : 'refused' }];
  }
}
