/** Commands of bazel_bf, the system before this one, that people still type, and what to type today; docs/migration.md has all of it. */

export const formerCommands: ReadonlyMap<string, string> = new Map([
  ['remote', 'bbf status; bbf want --workers=N for more or fewer'],
  ['up', 'bbf want --workers=N'],
  ['down', 'bbf want --workers=0, or nothing: a cluster goes to zero by itself'],
  ['options', 'bbf --help'],
]);
