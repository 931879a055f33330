import type { LinkEnd, LinkLook, LinkState } from '../../links.ts';

/** What the thread of a proxy is told to do. */
export type ProxyOrder = { readonly id: number } & (
  | {
      readonly act: 'set';
      readonly from: LinkEnd;
      readonly to: LinkEnd;
      readonly change: Partial<LinkState>;
    }
  | { readonly act: 'heal' | 'reset' | 'look'; readonly from: LinkEnd; readonly to: LinkEnd }
);

/** What it says: that it listens, or what came of an order. */
export type ProxyNews =
  | { readonly kind: 'open' }
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'done'; readonly id: number; readonly result: LinkLook | number | null }
  | { readonly kind: 'refused'; readonly id: number; readonly message: string };
