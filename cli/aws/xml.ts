/** The little of XML that S3's listings and the errors of S3, STS and EC2 need: elements without attributes, by name. */

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", '#34': '"', '#39': "'" };

/** The text of the first element of that name that has no elements inside. */
export function element(xml: string, name: string): string | undefined {
  const text = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];
  return text?.replaceAll(/&([a-z]+|#\d+);/g, (whole, entity: string) => entities[entity] ?? whole);
}
