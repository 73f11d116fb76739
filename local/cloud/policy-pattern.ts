/** Patterns of policies: `*` stands for any characters, slashes too, and `?` for one (IAM User Guide, Resource). */
export function wild(pattern: string): RegExp {
  const escaped = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${escaped}$`, 's');
}
