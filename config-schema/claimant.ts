/** Who holds a lease, what for, and whether anybody renews it. */
import type { Lease } from './documents.ts';

/** `ann@host (build //...)`. */
export const claimant = ({ holder, purpose }: Pick<Lease, 'holder' | 'purpose'>): string =>
  purpose ? `${holder} (${purpose})` : holder;

/** Ids of the leases that `bbf want --for` writes begin so. */
export const CLAIM_PREFIX = 'want-';

/** What builds hold is; nobody renews a lease of `bbf want --for`. */
export const isRenewed = (id: string): boolean => !id.startsWith(CLAIM_PREFIX);
