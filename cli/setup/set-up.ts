/** Makes an installation, or brings one up to date: bucket, reconciler, foundation, certificate authority. The same steps on AWS and on this machine. */
import { version } from '../../config-schema/version.ts';
import { signedRequest } from '../../reconciler/aws/signed-request.ts';
import { foundationTemplate } from '../../templates/foundation.ts';
import { foundationStackName, TAG_INSTALLATION } from '../../templates/names.ts';
import type { AwsAccess } from '../aws/access.ts';
import { refusal } from '../aws/answers.ts';
import { functionUrl } from '../bazel/function-url.ts';
import type { Program } from '../command.ts';
import { type Context, saveContext } from '../context/config.ts';
import { accessOf } from '../context/installation.ts';
import { openDocuments } from '../documents.ts';
import { interruptible } from '../interrupt.ts';
import { programPath } from '../program-path.ts';
import { type Verdict, waitFor } from '../wait.ts';
import { ensureBucket } from './bucket.ts';
import { uploadBundle } from './bundle.ts';
import { callerIdentity } from './identity.ts';

export interface SetUpWish {
  contextName: string;
  /** `bucket` undefined: named after account and region. */
  context: Omit<Context, 'bucket'> & { bucket?: string | undefined };
  /** Images of clusters that name none; undefined: this account's registry. */
  serverImage: string | undefined;
  workerImage: string | undefined;
  /** Asked before anything is made; throws unless the person agrees. */
  confirm?: (what: string) => Promise<void>;
}

/** Saves the context as the last step but one, so that an interrupted set-up is never the current one. */
export async function setUp(wish: SetUpWish, program: Program): Promise<Context> {
  const { settings, terminal } = program;
  const access = accessOf(wish.context, settings);
  const { account, arn } = await callerIdentity(access);
  const bucket = wish.context.bucket ?? `${wish.context.installation}-${account}-${access.region}`;
  await wish.confirm?.(
    `this sets up ${wish.context.installation} in ${access.region} of account ${account}, bucket ${bucket}`,
  );
  terminal.notes.write(`${arn} sets up ${wish.context.installation} in ${access.region}\n`);
  const made = await ensureBucket(access, bucket, account);
  terminal.notes.write(`bucket ${bucket} ${made}\n`);
  const key = await uploadBundle(access, bucket, programPath(settings.program, 'reconciler.zip'));
  const context: Context = { ...wish.context, bucket };
  const registry = `${account}.dkr.ecr.${access.region}.amazonaws.com/bbf`;
  const outcome = await deployFoundation(access, program, context, {
    Bucket: bucket,
    BundleKey: key,
    Version: version,
    ServerImage: wish.serverImage ?? `${registry}/farm-server:${version}`,
    WorkerImage: wish.workerImage ?? `${registry}/farm-worker:${version}`,
  });
  terminal.notes.write(`foundation ${foundationStackName(context.installation)} ${outcome}\n`);
  await makeAuthority(wish.contextName, context, access, program);
  await saveContext(settings, wish.contextName, context);
  return context;
}

async function deployFoundation(
  access: AwsAccess,
  program: Program,
  { installation }: Context,
  parameters: Record<string, string>,
) {
  const { openStacks } = await import('../aws/stacks.ts');
  const { deployStack } = await import('../aws/stack-operations.ts');
  const wish = {
    name: foundationStackName(installation),
    template: JSON.stringify(foundationTemplate(installation)),
    parameters,
    tags: { [TAG_INSTALLATION]: installation },
  };
  return deployStack(openStacks(access), wish, program);
}

/** A new function may need a while until its URL and its rights are known everywhere. */
const AUTHORITY_TIMEOUT_MS = 120_000;

/** Asking for the authorities makes them where there are none. */
async function makeAuthority(
  contextName: string,
  context: Context,
  access: AwsAccess,
  program: Program,
): Promise<void> {
  const installation = { contextName, context, access, documents: openDocuments(access, context.bucket) };
  const url = await functionUrl(installation, program.settings.cacheDirectory, true);
  const look = async (): Promise<Verdict<undefined>> => {
    const answer = await signedRequest({
      method: 'GET',
      url: new URL('authorities', url),
      service: 'lambda',
      region: access.region,
      credentials: access.credentials,
    }).catch((error: Error) => error.message);
    if (typeof answer !== 'string' && answer.status === 200) return { state: 'done', value: undefined, lines: [] };
    const why = typeof answer === 'string' ? answer : refusal('reach the reconciler', answer).message;
    return { state: 'waiting', lines: [{ key: 'url', state: 'busy', text: `reconciler: ${why}` }] };
  };
  await interruptible((signal) =>
    waitFor(
      {
        what: 'the reconciler',
        look,
        timeoutMs: AUTHORITY_TIMEOUT_MS,
        next: 'the log of the function, then bbf setup again',
        signal,
      },
      program,
    ),
  );
}
