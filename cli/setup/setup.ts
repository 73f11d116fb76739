/** `bbf setup`: an installation on AWS. */
import { isIPv4 } from 'node:net';
import { RETENTION_DAYS } from '../../templates/logs.ts';
import type { Call, Program } from '../command.ts';
import { confirm } from '../confirm.ts';
import { chosenContext, nameOfContext } from '../context/choices.ts';
import { readConfig } from '../context/config.ts';
import { openInstallation } from '../context/installation.ts';
import { Failure, isFailure } from '../failure.ts';
import { inSameContext } from '../same-context.ts';
import { awaitFirstEvents } from './first-events.ts';
import { LOOKS_AT_NEW_VERSIONS } from './first-versions.ts';
import type { FoundationChoices } from './foundation.ts';
import { untilLinkedRoleSettles } from './linked-role.ts';
import { nextSteps } from './next-steps.ts';
import { placeOf } from './place.ts';
import { setUp } from './set-up.ts';

export async function setup(call: Call, program: Program): Promise<number> {
  const place = await placeOf(call, program, 'bbf setup');
  const wish = {
    ...place,
    choices: choicesOf(call),
    conditionalWrites: call.choice('enforce-conditional-writes'),
    downgrade: call.has('downgrade'),
    afterLinkedRole: untilLinkedRoleSettles,
    looksAtNewVersions: LOOKS_AT_NEW_VERSIONS,
    confirm: (what: string) => confirm(program, call.has('yes'), what, call.line),
  };
  const { current } = await readConfig(program.settings);
  const { context, eventsFrom } = await setUp(wish, program);
  const { contextName } = place;
  const chosen = await unlessRefused(chosenContext(program.settings, {}));
  const isInUse = chosen !== undefined && nameOfContext(chosen.value) === contextName;
  const before = current === undefined || current === contextName ? '' : ` (before: ${current})`;
  const other = chosen === undefined ? 'is saved' : `is not in use, as ${chosen.from} names another`;
  const inUse = isInUse ? `is in use${before}` : other;
  program.terminal.result.write(`context ${contextName} ${inUse}: bucket ${context.bucket} in ${context.region}\n`);
  if (eventsFrom !== undefined) await awaitFirstEvents(eventsFrom, !call.has('no-wait'), program);
  const next = await unlessRefused(openInstallation(program, contextName).then(nextSteps));
  if (next !== undefined) program.terminal.notes.write(`${isInUse ? next : inSameContext(next, contextName)}\n`);
  return 0;
}

/** The set-up is complete also for whoever may read no documents, and where the surroundings name what can't be: the next command says so. */
function unlessRefused<T>(answer: Promise<T>): Promise<T | undefined> {
  return answer.catch((error: unknown) => {
    if (isFailure(error)) return undefined;
    throw error;
  });
}

function choicesOf(call: Call): FoundationChoices {
  const network = networkOf(call);
  return {
    ...network,
    ClientCidr: checked(call, 'client-cidr', isCidr, 'an IPv4 block', '203.0.113.0/24'),
    PermissionsBoundary: checked(
      call,
      'permissions-boundary',
      (text) => /^arn:[a-z-]+:iam::(\d{12}|aws):policy\/\S+$/.test(text),
      'the ARN of a policy',
      'arn:aws:iam::123456789012:policy/boundary',
    ),
    ImageRepositories: call.text('image-repositories'),
    LogRetentionDays: checked(
      call,
      'log-retention-days',
      (text) => RETENTION_DAYS.map(String).includes(text),
      `one of ${RETENTION_DAYS.join(', ')}`,
      '30',
    ),
    LogGroup: call.text('log-group'),
    ServerImage: call.text('server-image'),
    WorkerImage: call.text('worker-image'),
  };
}

function networkOf(call: Call): Pick<FoundationChoices, 'VpcId' | 'SubnetIds'> {
  const vpcId = call.text('vpc-id');
  const subnetIds = call
    .text('subnet-ids')
    ?.split(/[\s,]+/)
    .filter(Boolean);
  if (vpcId === undefined && subnetIds === undefined) return {};
  if (vpcId === undefined || subnetIds === undefined || subnetIds.length === 0)
    throw new Failure('usage', '--vpc-id and --subnet-ids go together: a network is both', {
      next: 'bbf setup --vpc-id=vpc-0123 --subnet-ids=subnet-0123,subnet-4567',
    });
  return { VpcId: vpcId, SubnetIds: [...new Set(subnetIds)].join(',') };
}

function isCidr(text: string): boolean {
  const [address = '', bits = ''] = text.split('/');
  return isIPv4(address) && /^\d{1,2}$/.test(bits) && Number(bits) <= 32;
}

function checked(
  call: Call,
  flag: string,
  test: (text: string) => boolean,
  what: string,
  example: string,
): string | undefined {
  const text = call.text(flag);
  if (text === undefined || test(text)) return text;
  throw new Failure('usage', `--${flag}=${text} is not ${what}`, { next: `--${flag}=${example}` });
}
