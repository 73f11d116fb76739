/** What a region, a bucket, an installation and a cluster may be called: each becomes part of a host's name, a key or a path. */
import { NAME_CHARACTERS_MAX, NAME_PATTERN } from '../../config-schema/cluster.schema.ts';
import { Failure } from '../failure.ts';

/** Together with the longest suffix and region, a role's name stays within IAM's 64 characters. */
const INSTALLATION_CHARACTERS_MAX = 20;

const NAME = new RegExp(NAME_PATTERN);
const nameUpTo = (charactersMax: number) => ({
  fits: (text: string) => NAME.test(text) && text.length <= charactersMax,
  expected: `up to ${charactersMax} lower case letters, digits and single dashes`,
});

/** The longest name that AWS gave a region begins with `eusc-`. */
const REGION = /^[a-z]{2,4}(-[a-z]+)+-\d{1,2}$/;
/** Amazon S3 User Guide, "General purpose bucket naming rules": 3 to 63 characters, no label between dots empty, no IP address. */
const BUCKET = /^(?=.{3,63}$)(?!\d+\.\d+\.\d+\.\d+$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/;

const rules = {
  region: {
    what: 'region',
    flag: '--region',
    fits: (text: string) => REGION.test(text),
    expected: 'one of AWS, of lower case letters, dashes and a number',
    example: 'eu-west-3',
  },
  bucket: {
    what: 'name of a bucket',
    flag: '--bucket',
    fits: (text: string) => BUCKET.test(text),
    expected: '3 to 63 lower case letters, digits, dashes and single dots, as S3 has it',
    example: 'bbf-123456789012-eu-west-3',
  },
  installation: {
    what: 'name of an installation',
    flag: '--name',
    ...nameUpTo(INSTALLATION_CHARACTERS_MAX),
    example: 'bbf',
  },
  cluster: { what: 'name of a cluster', flag: '--cluster', ...nameUpTo(NAME_CHARACTERS_MAX), example: 'main' },
};

/**
 * @param from who says so: a flag, a variable of the environment or the path of a file; undefined: the command line, where that is plain
 * @throws Failure (configuration) for what a file says, else (usage)
 */
export function checkedName(kind: keyof typeof rules, name: unknown, from?: string): string {
  const { what, flag, fits, expected, example } = rules[kind];
  if (typeof name === 'string' && fits(name)) return name;
  const isFile = from?.startsWith('/') ?? false;
  const message = `${JSON.stringify(name)} is no ${what}: expected ${expected}, such as ${example}`;
  throw new Failure(isFile ? 'configuration' : 'usage', from === undefined ? message : `${from}: ${message}`, {
    next: isFile
      ? `correct ${kind} in ${from}`
      : `the same with ${from === undefined ? example : `${flag}=${example}`}`,
  });
}

/** As the names of clusters and pools are, before a shell is offered one: a document may hold any. */
export const isName = rules.cluster.fits;

/** Of a context: a repository's file must not choose where requests go that are signed with its users' keys. */
export function checkPlace(place: Record<'region' | 'bucket' | 'installation', string>, from: string): void {
  for (const kind of ['region', 'bucket', 'installation'] as const) checkedName(kind, place[kind], from);
}
