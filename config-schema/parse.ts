/** Documents from text: each parser returns the document with its defaults, or every problem that it found, and never throws. */
import type { ValidateFunction } from 'ajv';
import { isNewer, OUR_VERSION } from './api-version.ts';
import { clusterProblems, clusterWarnings } from './cluster-checks.ts';
import type { Activity, Cluster, Lease, Problem, Status } from './documents.ts';
import { type JsonText, readJson, readProgramJson } from './json-text.ts';
import { excerpt, type SchemaProblem, schemaProblems } from './schema-problems.ts';
import { activityValidator, clusterValidator, leaseValidator, statusValidator } from './validators.ts';

/** `newer`: a later bbf wrote it in a form that this one does not know; upgrading helps, editing does not. */
export type Unparsed = { ok: false; problems: Problem[]; newer?: boolean };

export type ParsedCluster = { ok: true; cluster: Cluster; warnings: Problem[] } | Unparsed;

export interface ParseOptions {
  /** The cluster whose key the document lies at; its `metadata.name` must agree. */
  cluster?: string;
}

/** Reads `cluster.json`: schema, defaults, and whether its parts fit together. */
export function parseCluster(text: string, options: ParseOptions = {}): ParsedCluster {
  const read = parseDocument<Cluster>(readJson(text), clusterValidator());
  if (!read.ok) return read;
  const problems = clusterProblems(read.document, options.cluster);
  if (problems.length > 0) return { ok: false, problems: placed(read.json, problems) };
  return { ok: true, cluster: read.document, warnings: placed(read.json, clusterWarnings(read.document)) };
}

/** Reads a lease, without the checks that people's documents need. @param keyId the id that its key says, which its own must be */
export function parseLease(text: string, keyId?: string): { ok: true; lease: Lease } | Unparsed {
  const read = parseDocument<Lease>(readProgramJson(text), leaseValidator());
  if (!read.ok) return read;
  const { id } = read.document;
  if (keyId === undefined || id === keyId) return { ok: true, lease: read.document };
  const message = `its id is "${id}", and its key says "${keyId}"`;
  const problem = { pointer: '/id', message, seen: `"${id}"`, expected: `"${keyId}"`, fix: `write "${keyId}"` };
  return { ok: false, problems: placed(read.json, [problem]) };
}

/** Characters. What names each worker grows with them: some 150 each, of as many as 20 pools of 1,000 have. */
export const OF_WORKERS_MAX = 4 * 1024 * 1024;

/** Reads `activity.json`, which may be as long as its workers make it. */
export function parseActivity(text: string): { ok: true; activity: Activity } | Unparsed {
  const read = parseDocument<Activity>(readProgramJson(text, OF_WORKERS_MAX), activityValidator());
  return read.ok ? { ok: true, activity: read.document } : read;
}

/** Reads `status.json`; reasons and stack statuses of another version are kept as they are. */
export function parseStatus(text: string): { ok: true; status: Status } | Unparsed {
  const read = parseDocument<Status>(readProgramJson(text, OF_WORKERS_MAX), statusValidator());
  return read.ok ? { ok: true, status: read.document } : read;
}

type GoodJson = Extract<JsonText, { ok: true }>;

function parseDocument<T>(
  json: JsonText,
  validate: ValidateFunction,
): { ok: true; document: T; json: GoodJson } | Unparsed {
  if (!json.ok) return json;
  const newer = newerVersion(json);
  if (newer) return newer;
  if (validate(json.value)) return { ok: true, document: json.value as T, json };
  return { ok: false, problems: placed(json, schemaProblems(validate.errors ?? [])) };
}

/** More would tell nobody more, and each takes its time to be found in the text. */
const PROBLEMS_MAX = 50;

function newerVersion(json: GoodJson): Unparsed | undefined {
  const value = json.value;
  const apiVersion =
    typeof value === 'object' && value !== null && 'apiVersion' in value ? value.apiVersion : undefined;
  if (!isNewer(apiVersion)) return undefined;
  const message = `the document is of a newer version of bbf`;
  const expected = `"${OUR_VERSION}"`;
  const problem = { pointer: '/apiVersion', message, seen: excerpt(apiVersion), expected, fix: 'upgrade bbf' };
  return { ok: false, newer: true, problems: placed(json, [problem]) };
}

/** Adds line and column. A pointer to something that is not in the text, such as a default, gets the place of what would hold it. */
function placed(json: GoodJson, problems: SchemaProblem[]): Problem[] {
  return problems.slice(0, PROBLEMS_MAX).map(({ part, ...problem }) => {
    for (let pointer = problem.pointer; ; pointer = pointer.slice(0, pointer.lastIndexOf('/'))) {
      const place = json.placeOf(pointer, part);
      if (place) return { ...problem, ...place };
      if (pointer === '') return problem;
    }
  });
}
