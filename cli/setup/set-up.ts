/** Makes an installation, or brings one up to date: bucket, reconciler, foundation, certificate authority. The same steps on AWS and on this machine. */
import type { Stack } from '@aws-sdk/client-cloudformation';
import { foundationStackName } from '../../templates/names.ts';
import type { AwsAccess } from '../aws/access.ts';
import type { Proposal } from '../aws/stack-proposal.ts';
import type { Stacks } from '../aws/stacks.ts';
import type { Program } from '../command.ts';
import { type Context, saveContext } from '../context/config.ts';
import { LOCAL_ENV } from '../context/credentials.ts';
import { accessOf } from '../context/installation.ts';
import { programPath } from '../program-path.ts';
import { makeAuthority } from './authority.ts';
import { bucketExists, ensureBucket, foundSettings, refuseForeignKey, refuseOthersBucket } from './bucket.ts';
import { bucketText } from './bucket-text.ts';
import { readBundle, refuseOtherBundle, uploadBundle } from './bundle.ts';
import { changedParameters } from './changed-parameters.ts';
import { EVENTS_BEGIN_MS } from './first-events.ts';
import { awaitBundle } from './first-versions.ts';
import { refuseChangeUnderClusters } from './fixed-parameters.ts';
import { type FoundationChoices, foundationWish } from './foundation.ts';
import { callerIdentity } from './identity.ts';
import { idleCostText } from './idle-cost-text.ts';
import { installedBucket } from './installed-bucket.ts';
import { refuseOlder } from './installed-version.ts';
import { LINKED_ROLE_REFUSED, makeEcsLinkedRole } from './linked-role.ts';
import { checkLogGroup } from './log-group-check.ts';
import { checkNetwork, oneZoneNote } from './network-check.ts';
import { defaultBucket } from './place.ts';
import { proposalText } from './proposal-text.ts';
import { refuseOtherPartitions, regionNotes } from './regions.ts';
import { zonesOfNew } from './zones.ts';

interface SetUpWish {
  contextName: string;
  /** Its `bucket` is for a foundation that is new; undefined: named after account and region. */
  context: Omit<Context, 'bucket'> & { bucket?: string | undefined };
  /** Which a foundation that is there shall move to, too. */
  namedBucket?: string | undefined;
  /** What to type where nothing answers at the context's endpoint. */
  ifSilent?: string | undefined;
  choices?: FoundationChoices;
  /** Whether a cluster's document may be written under a condition only; undefined: as it is. */
  conditionalWrites?: boolean | undefined;
  /** An older bbf may take over what a newer one set up. */
  downgrade?: boolean;
  /** Called once the service-linked role of ECS is made: where it takes effect later, this waits. */
  afterLinkedRole?: (program: Program) => Promise<void>;
  /** How often in a row S3 has to answer with what was written to a bucket whose versions are new; once, unless it says so. */
  looksAtNewVersions?: number;
  /** Asked before anything is made; throws unless the person agrees. */
  confirm?: (what: string) => Promise<void>;
}

interface SetUp {
  context: Context;
  /** When S3 begins to tell of documents, milliseconds since the epoch; undefined where it has been told to before. */
  eventsFrom: number | undefined;
}

/** Saves the context as the last step, so that an interrupted set-up is never the current one. */
export async function setUp(wish: SetUpWish, program: Program): Promise<SetUp> {
  const { settings, terminal } = program;
  const say = (lines: readonly string[]) => terminal.notes.write(lines.map((line) => `${line}\n`).join(''));
  refuseOtherPartitions(wish.context.region);
  const access = { ...accessOf({ ...wish.context, toLocalCloud: LOCAL_ENV }, settings), ifSilent: wish.ifSilent };
  const { account, arn } = await callerIdentity(access);
  const { installation } = wish.context;
  const stacks = (await import('../aws/stacks.ts')).openStacks(access);
  // As it is once the set-up of somebody else, of a newer bbf perhaps, has come to its end.
  const { settled } = await import('../aws/stack-operations.ts');
  const before = await settled(stacks, foundationStackName(installation), program);
  const kept = installedBucket(before) ?? wish.context.bucket;
  const bucket = wish.namedBucket ?? kept ?? defaultBucket(installation, account, access.region);
  refuseOlder(before, wish.downgrade ?? false);
  const hasUrl = before?.Outputs?.some(({ OutputKey }) => OutputKey === 'ReconcilerUrl') ?? false;
  const ofRegion = hasUrl ? [] : regionNotes(access.region);
  const network = await networkOf(access, wish.choices ?? {}, before);
  if (wish.choices?.LogGroup) await checkLogGroup(access, wish.choices.LogGroup);
  say([...ofRegion, ...network.notes].map((note) => `note: ${note}`));
  const exists = await bucketExists({ access, bucket }, account, 'bbf setup');
  if (exists) {
    await refuseOthersBucket({ access, bucket }, installation, {
      details: ['where both have been set up on it, both act on its clusters: one of the two has to be torn down'],
      next: (owner) =>
        `bbf setup --name=${installation} --bucket=ANOTHER-NAME; or, where ${owner} has been torn down, take that tag off the bucket first`,
    });
    await refuseForeignKey({ access, bucket });
  }
  const bundle = await readBundle(programPath(settings.program, 'reconciler.zip'));
  const registry = `${account}.dkr.ecr.${access.region}.amazonaws.com/bbf`;
  const place = { installation, registry, bucket, bundleKey: bundle.key };
  const bucketWish = {
    installation,
    account,
    region: access.region,
    partition: arn.split(':')[1] ?? 'aws',
    conditionalWrites: wish.conditionalWrites,
  };
  const ofBucket = bucketText(bucket, exists ? await foundSettings({ access, bucket }) : undefined, bucketWish);
  say([`${arn} sets up ${installation} in ${access.region} of account ${account}`, ...ofBucket.lines]);
  let eventsFrom = eventsOfUnended(before);
  const { choices } = network;
  const { changes: bucketChanges } = ofBucket;
  await deploy({ stacks, wish, choices, before, place, bucketChanges, program, say }, async ({ isNew }) => {
    // Read anew: others may have set it meanwhile.
    const set = await ensureBucket({ access, bucket }, exists, bucketWish);
    say([`bucket ${bucket} ${exists ? 'existed' : 'created'}${set.length > 0 ? `, set: ${set.join(', ')}` : ''}`]);
    if (set.includes('notification')) eventsFrom = program.now() + EVENTS_BEGIN_MS;
    const isWritten = await uploadBundle(access, bucket, bundle);
    if (isNew) await provideLinkedRole(access, wish, program);
    const looks = set.includes('versioning') ? (wish.looksAtNewVersions ?? 1) : 1;
    await awaitBundle({ access, bucket, key: bundle.key, looks }, program);
    if (!isWritten) await refuseOtherBundle(access, bucket, bundle);
  });
  const context: Context = { ...wish.context, bucket };
  await makeAuthority(wish.contextName, context, access, program);
  await saveContext(settings, wish.contextName, context);
  return { context, eventsFrom };
}

/** An earlier set-up that did not come to its end, protection, has told S3 just before it began the stack. */
const eventsOfUnended = (before: Stack | undefined): number | undefined =>
  before?.CreationTime === undefined || before.EnableTerminationProtection
    ? undefined
    : before.CreationTime.getTime() + EVENTS_BEGIN_MS;

/** Only a foundation that is made needs it: one that is there has had it. */
async function provideLinkedRole(access: AwsAccess, { afterLinkedRole }: SetUpWish, program: Program): Promise<void> {
  const made = await makeEcsLinkedRole(access);
  if (made === 'refused') program.terminal.notes.write(`${LINKED_ROLE_REFUSED}\n`);
  if (made === 'new') await afterLinkedRole?.(program);
}

interface ChosenNetwork {
  choices: FoundationChoices;
  notes: string[];
}

/** What is judged where somebody names a network; else it stays as it is, or is the foundation's own. */
async function networkOf(
  access: AwsAccess,
  choices: FoundationChoices,
  before: Stack | undefined,
): Promise<ChosenNetwork> {
  const { VpcId, SubnetIds } = choices;
  if (!VpcId || !SubnetIds) {
    const zones = await zonesOfNew(access, before);
    const notes = zones !== undefined && zones[0] === zones[1] ? [oneZoneNote(zones[0])] : [];
    return { choices: { ...choices, Zones: zones?.join(',') }, notes };
  }
  const { isPublic, notes } = await checkNetwork(access, { vpcId: VpcId, subnetIds: SubnetIds.split(',') });
  return { choices: { ...choices, AssignPublicIp: isPublic ? 'ENABLED' : 'DISABLED' }, notes };
}

interface Deployment {
  stacks: Stacks;
  wish: SetUpWish;
  choices: FoundationChoices;
  before: Stack | undefined;
  place: Parameters<typeof foundationWish>[0];
  /** Whether the bucket is to be made, or set. */
  bucketChanges: boolean;
  program: Program;
  say(lines: readonly string[]): void;
}

/** @param prepare makes what the stack needs to be there, once the person has agreed */
async function deploy(deployment: Deployment, prepare: (proposal: Proposal) => Promise<void>): Promise<void> {
  const { stacks, wish, choices, before, place, bucketChanges, program, say } = deployment;
  const { execute, propose, withdraw } = await import('../aws/stack-proposal.ts');
  const confirm = wish.confirm ?? (async () => {});
  const foundation = foundationWish(place, choices, before);
  await refuseChangeUnderClusters(wish, before, foundation, stacks);
  const proposal = await propose(stacks, foundation, confirm, program);
  say([...proposalText(proposal, changedParameters(before, foundation)), ...(proposal.isNew ? idleCostText() : [])]);
  // Neither who says no or goes away, nor what is refused before the stack begins, leaves a change set behind; why counts for more than one that stays.
  const orWithdraw = (work: Promise<void>, made: Proposal) =>
    work.catch(async (error: unknown) => {
      await withdraw(stacks, made, program).catch(() => undefined);
      throw error;
    });
  const changes = bucketChanges || proposal.changeSet !== undefined;
  const what = proposal.isNew ? 'makes' : changes ? 'changes' : 'checks';
  const question = `this ${what} installation ${place.installation} in ${wish.context.region}, bucket ${place.bucket}`;
  await orWithdraw(confirm(question), proposal);
  // A new stack stays under review: by its age the next set-up knows since when S3 has been told to tell of documents.
  await orWithdraw(prepare(proposal), { ...proposal, isNew: false });
  await execute(stacks, proposal, program);
  await stacks.protect(proposal.stack, true);
  say([`foundation ${proposal.stack} ${outcome(proposal)}`]);
}

const outcome = ({ isNew, changeSet }: Proposal) =>
  changeSet === undefined ? 'unchanged' : isNew ? 'created' : 'updated';
