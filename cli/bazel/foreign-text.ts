/** Texts of documents that come to stand in flags: where a line of a file is a flag, a line break in one would add another. */
import { ADDRESS_PATTERN, UNCONTROLLED_PATTERN } from '../../config-schema/schema-parts.ts';
import { excerpt } from '../../config-schema/schema-problems.ts';
import { Failure } from '../failure.ts';

const uncontrolled = new RegExp(UNCONTROLLED_PATTERN);
const address = new RegExp(ADDRESS_PATTERN);

/** @throws Failure (invalidDocument) where what actions ask for has control characters */
export function refuseControls(cluster: string, pool: string, platform: Record<string, string>): void {
  for (const [name, value] of Object.entries(platform)) {
    const known = uncontrolled.test(name);
    if (known && uncontrolled.test(value)) continue;
    const seen = known
      ? `the platform property ${name} of pool ${pool} is ${excerpt(value)}`
      : `the platform property ${excerpt(name)} of pool ${pool}`;
    throw new Failure('invalidDocument', `${seen}: it has control characters, which could add flags to Bazel's`, {
      next: `bbf edit --cluster=${cluster}, and write it without them; bbf history --cluster=${cluster} says whose it is`,
    });
  }
}

/** @throws Failure (protocol) for what is no `host:port` */
export function refuseNoAddress(cluster: string, endpoint: string): void {
  if (address.test(endpoint)) return;
  throw new Failure('protocol', `the server of cluster ${cluster} is said to be at ${excerpt(endpoint)}: no address`, {
    next: `bbf bazelrc --port=8980, which takes only that cluster's server; and find out who wrote its activity.json`,
  });
}

/**
 * A word of a line in Bazel's rc files, where a backslash takes what follows as it is, unlike in a shell's single quotes.
 * It has no control characters.
 */
export const rcWord = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll(/[\\']/g, String.raw`\$&`)}'`;
