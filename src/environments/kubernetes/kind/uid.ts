import type { Clock } from '../../../core/clock.ts';
import { ms, seconds } from '../../../core/time.ts';
import { waitFor } from '../../../core/wait-for.ts';
import { type Cluster, reasonOf } from '../cluster.ts';

/** Of which cluster, and how it is waited for. */
export interface UidOptions {
  readonly name: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** The UID of kube-system, which is the cluster's own: nothing else gives a cluster an identity. */
export const readUid = ({ core }: Cluster, { name, clock, signal }: UidOptions): Promise<string> =>
  waitFor(
    {
      what: `API server of kind cluster ${name}`,
      look: async () => {
        try {
          const { metadata } = await core.readNamespace({ name: 'kube-system' });
          return metadata?.uid ?? '';
        } catch (thrown) {
          throw new Error(reasonOf(thrown), { cause: thrown });
        }
      },
      show: (uid) => uid || 'no UID',
    },
    {
      clock,
      signal,
      within: seconds(60),
      every: ms(500),
      until: (uid) => uid !== '',
      code: 'ENV_NOT_READY',
      hint: `when it does not come up: kind delete cluster --name ${name}`,
    },
  );
