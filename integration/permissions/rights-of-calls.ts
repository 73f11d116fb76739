/** Which rights a request over the wire needs: AWS's Service Authorization Reference, for the calls that bbf makes. */
import type { WireRequest } from '../../local/cloud/kernel.ts';
import type { AskedRight } from './evaluate.ts';

interface Place {
  region: string;
  account: string;
  installation: string;
}

/** @throws for a call that is not in this table: whoever adds one says what it needs */
export function rightsOf(request: WireRequest, place: Place): AskedRight[] {
  if (request.path.startsWith('/_lambda-url/')) return functionUrl(place);
  // What nobody signs nobody is asked for rights for, such as a look at the clock.
  if (request.headers.authorization === undefined) return [];
  const service = /Credential=[^/]+\/\d+\/[^/]+\/([^/]+)\//.exec(request.headers.authorization ?? '')?.[1] ?? '';
  const rights = SERVICES[service]?.(request, place);
  if (rights === undefined) throw new Error(`no rights are known of ${request.method} ${request.path} of ${service}`);
  return rights;
}

const SERVICES: Record<string, (request: WireRequest, place: Place) => AskedRight[] | undefined> = {
  s3: s3Rights,
  cloudformation: stackRights,
  ecs: (request, place) => jsonRights('ecs', request, place),
  logs: (request, place) => jsonRights('logs', request, place),
  ecr: (request, place) => jsonRights('ecr', request, place),
  tagging: (request, place) => jsonRights('tag', request, place),
  events: (request, place) => jsonRights('events', request, place),
  // Nobody can be refused this one (IAM user guide, GetCallerIdentity).
  sts: (request) => (form(request).get('Action') === 'GetCallerIdentity' ? [] : undefined),
  iam: iamRights,
  ec2: (request) => [{ action: `ec2:${form(request).get('Action')}`, resource: '*' }],
  lambda: lambdaRights,
};

const text = ({ body }: WireRequest) => Buffer.from(body).toString('utf8');
const form = (request: WireRequest) => new URLSearchParams(text(request));

function iamRights(request: WireRequest, { account }: Place): AskedRight[] {
  const [action, service] = [`iam:${form(request).get('Action')}`, form(request).get('AWSServiceName')];
  const role = (name: string) => `arn:aws:iam::${account}:role/${name}`;
  if (service === null) return [{ action, resource: role(form(request).get('RoleName') ?? '') }];
  const resource = role(`aws-service-role/${service}/AWSServiceRoleForECS`);
  return [{ action, resource, context: { 'iam:AWSServiceName': service } }];
}

/** A setting's right is not always called as its operation is. */
const SETTINGS: Record<string, string> = {
  versioning: 'BucketVersioning',
  encryption: 'EncryptionConfiguration',
  publicAccessBlock: 'BucketPublicAccessBlock',
  policy: 'BucketPolicy',
  lifecycle: 'LifecycleConfiguration',
  notification: 'BucketNotification',
  tagging: 'BucketTagging',
};

function s3Rights({ method, path, query, headers, body }: WireRequest): AskedRight[] | undefined {
  const [, bucket = '', ...rest] = path.split('/').map(decodeURIComponent);
  const key = rest.join('/');
  const resource = `arn:aws:s3:::${bucket}${key === '' ? '' : `/${key}`}`;
  const right = (operation: string, context?: Record<string, string>): AskedRight => ({
    action: `s3:${operation}`,
    resource,
    ...(context === undefined ? {} : { context }),
  });
  if (key !== '') return objectRights(method, query, headers, right);
  const setting = Object.keys(SETTINGS).find((name) => query.has(name));
  if (setting !== undefined) return [right(`${method === 'PUT' ? 'Put' : 'Get'}${SETTINGS[setting]}`)];
  if (query.has('delete')) return deletionRights(resource, Buffer.from(body).toString());
  const context = { 's3:prefix': query.get('prefix') ?? '' };
  if (method === 'GET') return [right(query.has('versions') ? 'ListBucketVersions' : 'ListBucket', context)];
  if (method === 'HEAD') return [right('ListBucket', context)];
  return method === 'PUT' ? [right('CreateBucket')] : method === 'DELETE' ? [right('DeleteBucket')] : undefined;
}

function deletionRights(bucket: string, xml: string): AskedRight[] {
  const keys = [...xml.matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, key]) => key);
  const of = (key: string | undefined) => (name: string) => ({ action: `s3:${name}`, resource: `${bucket}/${key}` });
  return keys.flatMap((key) => ['DeleteObject', 'DeleteObjectVersion'].map(of(key)));
}

/** A write under If-Match reads as well (user guide, "How to prevent object overwrites with conditional writes"). */
function objectRights(
  method: string,
  query: URLSearchParams,
  headers: Record<string, string>,
  right: (operation: string) => AskedRight,
): AskedRight[] | undefined {
  if (method === 'GET' || method === 'HEAD') return [right(query.has('versionId') ? 'GetObjectVersion' : 'GetObject')];
  if (method === 'DELETE') return [right('DeleteObject')];
  if (method !== 'PUT') return undefined;
  return [right('PutObject'), ...(headers['if-match'] === undefined ? [] : [right('GetObject')])];
}

function stackRights(request: WireRequest, { region, account }: Place): AskedRight[] {
  const input = form(request);
  const name = input.get('StackName') ?? input.get('ChangeSetName');
  const ofName = `arn:aws:cloudformation:${region}:${account}:stack/${name}/any`;
  const resource = name === null ? '*' : name.startsWith('arn:') ? name : ofName;
  const role = input.get('RoleARN');
  const passed = { 'iam:PassedToService': 'cloudformation.amazonaws.com' };
  return [
    { action: `cloudformation:${input.get('Action')}`, resource },
    ...(role === null ? [] : [{ action: 'iam:PassRole', resource: role, context: passed }]),
  ];
}

/** The member of an input that names what is acted on, and how its ARN begins; operations without one act on no resource. */
const NAMED: Record<string, [member: string, resource: (value: string) => string]> = {
  'ecs:DeleteTaskDefinitions': ['taskDefinitions', (arn) => arn],
  'ecs:DescribeServices': ['services', (name) => `service/any/${name}`],
  'ecs:UpdateService': ['service', (name) => `service/any/${name}`],
  'ecs:DescribeTasks': ['tasks', (id) => (id.startsWith('arn:') ? id : `task/any/${id}`)],
  'logs:FilterLogEvents': ['logGroupName', (name) => `log-group:${name}:*`],
  'logs:DeleteLogGroup': ['logGroupName', (name) => `log-group:${name}`],
  'ecr:DescribeRepositories': ['repositoryNames', (name) => `repository/${name}`],
  'events:EnableRule': ['Name', (name) => `rule/${name}`],
  'events:DisableRule': ['Name', (name) => `rule/${name}`],
  'events:DescribeRule': ['Name', (name) => `rule/${name}`],
  'events:ListTargetsByRule': ['Rule', (name) => `rule/${name}`],
};

function jsonRights(service: string, request: WireRequest, { region, account }: Place): AskedRight[] {
  const action = `${service}:${request.headers['x-amz-target']?.split('.')[1]}`;
  const [member, resource] = NAMED[action] ?? [];
  if (member === undefined || resource === undefined) return [{ action, resource: '*' }];
  const { [member]: values, cluster = '' } = JSON.parse(text(request)) as Record<string, string | string[]>;
  return [values ?? []].flat().map((value) => {
    const named = resource(value).replace('/any/', `/${String(cluster)}/`);
    return { action, resource: named.startsWith('arn:') ? named : `arn:aws:${service}:${region}:${account}:${named}` };
  });
}

const LAMBDA: [method: string, end: RegExp, operation: string][] = [
  ['GET', /\/url$/, 'GetFunctionUrlConfig'],
  ['GET', /\/configuration$/, 'GetFunctionConfiguration'],
];

function lambdaRights({ method, path }: WireRequest, { region, account }: Place): AskedRight[] | undefined {
  const name = /\/functions\/([^/]+)/.exec(path)?.[1];
  const operation = LAMBDA.find(([verb, end]) => verb === method && end.test(path))?.[2];
  if (operation === undefined) return undefined;
  return [{ action: `lambda:${operation}`, resource: `arn:aws:lambda:${region}:${account}:function:${name}` }];
}

/** Both, since October 2025 (Lambda developer guide, "Control access to Lambda function URLs"). */
function functionUrl({ region, account, installation }: Place): AskedRight[] {
  const resource = `arn:aws:lambda:${region}:${account}:function:${installation}--reconciler`;
  const context = { 'lambda:FunctionUrlAuthType': 'AWS_IAM', 'lambda:InvokedViaFunctionUrl': 'true' };
  return ['InvokeFunctionUrl', 'InvokeFunction'].map((name) => ({ action: `lambda:${name}`, resource, context }));
}
