/** The certificate authority of a new installation: asking for it makes it where there is none. */
import { AccessError } from '../../reconciler/access/access-error.ts';
import { listAuthorities } from '../../reconciler/access/authority-client.ts';
import { functionUrl } from '../access/function-url.ts';
import type { AwsAccess } from '../aws/access.ts';
import type { Program } from '../command.ts';
import type { Context } from '../context/config.ts';
import { GOES_ON_FROM_HERE, interruptible } from '../interrupt.ts';
import { type Verdict, waitFor } from '../wait.ts';

/** A new function may need a while until its URL and its rights are known everywhere. */
const TIMEOUT_MS = 120_000;

export async function makeAuthority(
  contextName: string,
  context: Context,
  access: AwsAccess,
  program: Program,
): Promise<void> {
  const url = await functionUrl({ contextName, context, access }, program.settings.cacheDirectory, true);
  const look = async (): Promise<Verdict<undefined>> => {
    const why = await listAuthorities({ ...access, url }).then(() => undefined, whyNot);
    if (why === undefined) return { state: 'done', value: undefined, lines: [] };
    return { state: 'waiting', lines: [{ key: 'url', state: 'busy', text: `reconciler: ${why}` }] };
  };
  const next = 'the log of the function, then bbf setup again';
  await interruptible(
    (signal) => waitFor({ what: 'the reconciler', look, timeoutMs: TIMEOUT_MS, next, signal }, program),
    GOES_ON_FROM_HERE,
  );
}

/** To try again is what the wait does by itself. */
const whyNot = (error: Error): string =>
  error instanceof AccessError && error.code === 'Unreachable' ? error.said : error.message;
