/** The format of `~/.aws/credentials` and `~/.aws/config`: sections with settings. */

import { optionalText } from '../optional-text.ts';

/** Of both files, without sections of other kinds. */
export function profileNames({ configFile, credentialsFile }: { configFile: string; credentialsFile: string }) {
  const names = [configFile, credentialsFile].flatMap((path) => Object.keys(profilesIn(optionalText(path))));
  return [...new Set(names)].filter((name) => !name.includes(' '));
}

/** Settings in lower case, by profile; other sections keep their kind before their name, e.g. `sso-session corp`. */
export function profilesIn(text: string): Record<string, Record<string, string>> {
  const profiles: Record<string, Record<string, string>> = {};
  let section: Record<string, string> = {};
  for (const line of text.split(/\r?\n/)) {
    const heading = /^\s*\[(?:profile\s+)?([^\]]+)\]/.exec(line)?.[1]?.trim();
    if (heading !== undefined) section = profiles[heading] ??= {};
    const [, name, value] = /^\s*([a-z_]+)\s*=\s*(.*?)\s*$/i.exec(line) ?? [];
    if (heading === undefined && name !== undefined) section[name.toLowerCase()] = value ?? '';
  }
  return profiles;
}
