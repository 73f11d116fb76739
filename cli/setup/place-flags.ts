/** The flags that name an installation whole: without its region, name or profile a bucket alone would mean what somebody else has. */
import type { Context } from '../context/config.ts';
import { quoted } from '../output/quoted.ts';

export function placeFlags({ region, installation, bucket, profile }: Context): string {
  const place = [`--region=${region}`, `--name=${installation}`, `--bucket=${bucket}`];
  return [...place, ...(profile === undefined ? [] : [`--profile=${quoted(profile)}`])].join(' ');
}
