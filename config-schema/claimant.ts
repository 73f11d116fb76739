/** Who holds a lease, and what for: `ann@host (build //...)`. */
import type { Lease } from './documents.ts';

export const claimant = ({ holder, purpose }: Pick<Lease, 'holder' | 'purpose'>): string =>
  purpose ? `${holder} (${purpose})` : holder;
