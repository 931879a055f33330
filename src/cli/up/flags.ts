import type { Profile } from '../../record/plan.ts';

/** Flags of `highwater up` as commander gives them. */
export interface UpFlags {
  readonly name: string;
  readonly env: string;
  readonly profile: Profile;
  readonly set?: readonly string[];
  readonly context?: string;
  readonly namespace?: string;
  readonly links?: boolean;
  readonly detach?: boolean;
  readonly out: string;
}
