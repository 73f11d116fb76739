/** Checks of what set-up made: the foundation's stack, the reconciler's function, and every stack of the installation. */
import { readFile } from 'node:fs/promises';
import type { StackSummary } from '@aws-sdk/client-cloudformation';
import { bundleKey } from '../../config-schema/keys.ts';
import { version } from '../../config-schema/version.ts';
import { stackClass } from '../../reconciler/core/stack-table.ts';
import { foundationStackName, parseOwnedName, reconcilerFunctionName } from '../../templates/names.ts';
import { reconcilerFunction } from '../aws/reconciler-function.ts';
import { elapsed } from '../output/elapsed.ts';
import { programPath } from '../program-path.ts';
import { compareVersions } from '../setup/installed-version.ts';
import { type Check, type Examination, fact, failed, type Outcome, ok, warning } from './check.ts';
import { awsCommand, setUpAgain } from './remedies.ts';

/** No trouble, and nothing would end it: set-up finds nothing to change. Where it has, the check of the reconciler says so. */
const ROLLED_BACK = '; its last update was rolled back, and what was before stands';

export const foundationCheck: Check = {
  id: 'foundation',
  title: 'the foundation stands',
  why: 'network, roles, rules and the reconciler are in this stack',
  needs: ['identity'],
  async run(examination) {
    const { access, context } = fact(examination, 'installation');
    const { openStacks } = await import('../aws/stacks.ts');
    const name = foundationStackName(context.installation);
    const stack = await openStacks(access).describe(name);
    if (stack === undefined) return failed(`there is no stack ${name}`, setUpAgain(examination));
    if (stack.StackStatus === 'REVIEW_IN_PROGRESS')
      return failed(`of ${name} there is only a change set that nobody carried out`, setUpAgain(examination));
    examination.facts.foundation = stack;
    const kind = stackClass(stack.StackStatus ?? '');
    const seen = `${name} is ${stack.StackStatus}${stack.StackStatusReason ? `: ${stack.StackStatusReason}` : ''}`;
    if (kind === 'stable')
      return stack.EnableTerminationProtection
        ? ok(`${seen}, and protected${stack.StackStatus === 'UPDATE_ROLLBACK_COMPLETE' ? ROLLED_BACK : ''}`)
        : warning(
            `${seen}, and anybody who may delete stacks can delete it: its protection is off`,
            setUpAgain(examination),
          );
    if (stack.StackStatus?.endsWith('_IN_PROGRESS')) return warning(seen, 'let it end, then bbf doctor again');
    return failed(seen, `${setUpAgain(examination)}, which makes it anew where it can`);
  },
};

export const reconcilerCheck: Check = {
  id: 'reconciler',
  title: 'the reconciler is there, and of this version',
  why: 'it does all the work; a bbf of another version may read documents and decide otherwise',
  needs: ['foundation'],
  async run(examination) {
    const { access, context } = fact(examination, 'installation');
    const name = reconcilerFunctionName(context.installation);
    const found = await reconcilerFunction(access, context.installation);
    if (found === undefined)
      return failed(
        `there is no function ${name}, though its stack is there`,
        `bbf teardown, then ${setUpAgain(examination)}`,
      );
    examination.facts.function = found.FunctionArn ?? name;
    if (found.State !== undefined && found.State !== 'Active')
      return failed(`${name} is ${found.State}: ${found.StateReason ?? 'no reason given'}`, setUpAgain(examination));
    if (found.LastUpdateStatus === 'Failed')
      return failed(`the last update of ${name} failed`, setUpAgain(examination));
    return judgeVersion(examination, /^bbf (\S+)$/.exec(found.Description ?? '')?.[1]);
  },
};

async function judgeVersion(examination: Examination, deployed: string | undefined): Promise<Outcome> {
  if (deployed === undefined) return warning('it does not tell its version', setUpAgain(examination));
  const versions = `it is bbf ${deployed}, and this is bbf ${version}`;
  const order = compareVersions(deployed, version) ?? 0;
  if (order < 0) return warning(versions, setUpAgain(examination));
  if (order > 0) return warning(versions, `install bbf ${deployed} on this machine`);
  const key = fact(examination, 'foundation').Parameters?.find((one) => one.ParameterKey === 'BundleKey');
  const own = await ownBundleKey(examination);
  if (own === undefined || own === key?.ParameterValue) return ok(`bbf ${deployed}, as this one`);
  return warning(`bbf ${deployed} as this one, but of other code`, setUpAgain(examination));
}

/** undefined where the bundle is not beside this program. */
async function ownBundleKey({ program }: Examination): Promise<string | undefined> {
  try {
    const text = await readFile(programPath(program.settings.program, 'reconciler.json'), 'utf8');
    return bundleKey((JSON.parse(text) as { sha256: string }).sha256);
  } catch {
    return undefined;
  }
}

/** Longer than a stack of bbf takes, even when its tasks are slow to start. */
const LONG_MS = 30 * 60_000;

export const stacksCheck: Check = {
  id: 'stacks',
  title: 'no stack is stuck or left over',
  why: 'a stuck stack holds its cluster up, and one that belongs to no cluster costs without use',
  needs: ['identity', 'clusters'],
  async run(examination) {
    const { access, context } = fact(examination, 'installation');
    const { openStacks } = await import('../aws/stacks.ts');
    const stacks = await openStacks(access).withPrefix(`${context.installation}--`);
    const clusters = new Set(fact(examination, 'clusters').map(({ name }) => name));
    const troubled = stacks.flatMap((stack) => judgeStack(examination, stack, clusters) ?? []);
    return troubled.length > 0 ? troubled : ok(`${stacks.length} looked at`);
  },
};

function judgeStack(examination: Examination, stack: StackSummary, clusters: ReadonlySet<string>): Outcome | null {
  const { StackName: name = '', StackStatus: status = '', StackStatusReason: reason } = stack;
  const { context } = fact(examination, 'installation');
  const cluster = parseOwnedName(context.installation, name)?.cluster;
  const seen = `${status}${reason ? `: ${reason}` : ''}`;
  const remove = awsCommand(examination, `cloudformation delete-stack --stack-name ${name}`);
  if (cluster !== undefined && !clusters.has(cluster))
    return warning(`${seen}; no document names its cluster ${cluster}`, remove, name);
  const mend = cluster === undefined ? setUpAgain(examination) : `bbf explain --cluster=${cluster}`;
  if (status.endsWith('_IN_PROGRESS')) return judgeAge(examination, stack, mend);
  const kind = stackClass(status);
  if (kind === 'stable' || kind === 'gone') return null;
  if (kind === 'unknown') return warning(`${seen}, which this bbf does not know`, 'upgrade bbf', name);
  return failed(seen, mend, name);
}

function judgeAge({ program }: Examination, stack: StackSummary, mend: string): Outcome | null {
  const { StackName: name = '', StackStatus: status = '' } = stack;
  const begun = stack.DeletionTime ?? stack.LastUpdatedTime ?? stack.CreationTime;
  const age = program.now() - (begun?.getTime() ?? program.now());
  return age > LONG_MS ? warning(`${status} for ${elapsed(age)}`, mend, name) : null;
}
