/** The version chain of a cluster's status, which is its history: read back for as long as it says something. */
import type { Status } from '../../config-schema/documents.ts';
import { statusKey } from '../../config-schema/keys.ts';
import { type SignedRequest, signedRequest } from '../../reconciler/aws/signed-request.ts';
import type { Installation } from '../context/installation.ts';
import { bucketUrl } from '../documents.ts';

/** Far enough back for any roll-out; what has lasted longer is said to have lasted at least so long. */
const VERSIONS_MAX = 30;

/** Versions before the newest, newest first. History is an extra: where it can't be read, there is none. */
export async function earlierStatuses(
  { access, context }: Pick<Installation, 'access' | 'context'>,
  cluster: string,
): Promise<Status[]> {
  const key = statusKey(cluster);
  const base = bucketUrl(access, context.bucket);
  const get = async (url: string): Promise<string | undefined> => {
    const request: SignedRequest = {
      method: 'GET',
      url,
      service: 's3',
      region: access.region,
      credentials: access.credentials,
    };
    const answer = await signedRequest(request).catch(() => undefined);
    return answer?.status === 200 ? answer.body.toString('utf8') : undefined;
  };
  const list = new URLSearchParams({ prefix: key, 'max-keys': String(VERSIONS_MAX) });
  const xml = (await get(`${base}?versions&${list}`)) ?? '';
  const texts = await Promise.all(versionsOf(xml, key).map((version) => get(`${base}/${key}?versionId=${version}`)));
  const statuses = texts.map((text) => (text === undefined ? undefined : statusOf(text)));
  const gap = statuses.indexOf(undefined);
  return statuses.slice(0, gap < 0 ? undefined : gap) as Status[];
}

/** Ids of the versions but for the newest, as S3 lists them: newest first. A deletion ends the chain: what was before it is of an earlier cluster. */
function versionsOf(xml: string, key: string): string[] {
  const entries = xml.match(/<(Version|DeleteMarker)>[\s\S]*?<\/\1>/g) ?? [];
  const own = entries.filter((entry) => entry.includes(`<Key>${key}</Key>`));
  const markers = own.filter((entry) => entry.startsWith('<DeleteMarker>')).map(modifiedAt);
  const deletedAt = Math.max(0, ...markers);
  return own
    .filter((entry) => entry.startsWith('<Version>') && modifiedAt(entry) > deletedAt)
    .filter((entry) => !entry.includes('<IsLatest>true</IsLatest>'))
    .flatMap((entry) => /<VersionId>([^<]+)<\/VersionId>/.exec(entry)?.[1] ?? []);
}

const modifiedAt = (entry: string) => Date.parse(/<LastModified>([^<]+)</.exec(entry)?.[1] ?? '') || 0;

function statusOf(text: string): Status | undefined {
  try {
    const status = JSON.parse(text) as Partial<Status>;
    return status.apiVersion === 'bbf/v1' && Array.isArray(status.conditions) ? (status as Status) : undefined;
  } catch {
    return undefined;
  }
}
