/** Which program of this machine stands for an image: looked up by repository, whatever registry, tag or digest it has. */

/** Repository → program with its first arguments, which stand for the image's entry point. */
export type ImageTable = Record<string, string[]>;

/** `host.example:5000/bbf/farm-server:1.2@sha256:…` → `bbf/farm-server`. */
function repositoryOf(image: string): string {
  const name = (image.split('@')[0] ?? '').replace(/:[^:/]*$/, '');
  const [first = '', ...rest] = name.split('/');
  // As for Docker: a first part with a dot or a port, or `localhost`, is a registry.
  const hasRegistry = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost');
  return hasRegistry ? rest.join('/') : name;
}

export const programOf = (table: ImageTable, image: string): string[] | undefined => table[repositoryOf(image)];

/** What to say of an image that is not in the table. */
export function imageProblem(table: ImageTable, image: string): string | undefined {
  if (programOf(table, image)) return undefined;
  const known = Object.keys(table).sort().join(', ') || 'none';
  return `failed to resolve ref ${image}: not found. The local cloud runs programs of this machine instead of images and knows these: ${known}`;
}
