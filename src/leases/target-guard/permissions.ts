import type { DangerousPermission, Refusal, TargetFacts } from './target.ts';

const MAY: Readonly<Record<DangerousPermission, string>> = {
  'delete-namespaces': 'delete any namespace',
  'read-secrets': 'read the secrets of all namespaces',
  'change-nodes': 'change or delete nodes',
  everything: 'do everything to everything',
};

const DANGEROUS = Object.keys(MAY) as readonly DangerousPermission[];

/**
 * Refuses an identity that could do more harm than a test ever needs: what it may not do, no
 * mistake of ours can do.
 */
export const permissionRefusals = ({ permissions }: TargetFacts): readonly Refusal[] =>
  DANGEROUS.flatMap((permission): readonly Refusal[] => {
    const may = permissions[permission];
    if (may === false) return [];
    if (may === true) {
      return [
        {
          rule: `permission-${permission}`,
          what: `this identity may ${MAY[permission]}`,
          hint: 'use a service account with a Role in that namespace, and a ClusterRole to look',
        },
      ];
    }
    return [
      {
        rule: 'permission-unknown',
        what: `the cluster does not tell whether this identity may ${MAY[permission]}`,
        hint: 'let it create selfsubjectaccessreviews, as the ClusterRole system:basic-user does',
      },
    ];
  });
