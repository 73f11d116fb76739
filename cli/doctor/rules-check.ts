/** Check of the rules that wake the reconciler: each is on, and has the reconciler as its target. */
import { foundationStackName } from '../../templates/names.ts';
import { jsonCall } from '../aws/json-call.ts';
import { type Check, type Examination, fact, failed, type Outcome, ok, warning } from './check.ts';
import { awsCommand, setUpAgain } from './remedies.ts';

/** Logical names in the foundation's template (templates/reconciler.ts), and what is lost without each. */
const RULES: Record<string, { about: string; vital: boolean; lost: string }> = {
  SlowScheduleRule: {
    about: 'slow schedule',
    vital: true,
    lost: 'nothing mends lost events, and nothing wakes by a schedule',
  },
  FastScheduleRule: { about: 'fast schedule', vital: true, lost: 'an awake cluster is looked at by events alone' },
  DocumentRule: { about: 'object events', vital: true, lost: 'edits and leases wait for a schedule' },
  TaskRule: { about: 'task events', vital: false, lost: 'the start and end of tasks wait for a schedule' },
  ServiceRule: { about: 'service events', vital: false, lost: 'trouble of services waits for a schedule' },
  StackRule: { about: 'stack events', vital: false, lost: 'the end of an operation on a stack waits for a schedule' },
};

export const rulesCheck: Check = {
  id: 'rules',
  title: 'events and schedules wake the reconciler',
  why: 'the reconciler runs only when something wakes it',
  needs: ['foundation', 'clusters', 'function'],
  async run(examination) {
    const { access, context } = fact(examination, 'installation');
    const { openStacks } = await import('../aws/stacks.ts');
    const resources = await openStacks(access).resources(foundationStackName(context.installation));
    const outcomes = await Promise.all(Object.keys(RULES).map((id) => judgeRule(examination, id, resources[id])));
    const troubled = outcomes.filter((one) => one !== null);
    const awake = isAwake(examination);
    return troubled.length > 0
      ? troubled
      : ok(`${outcomes.length} rules, the fast schedule ${awake ? 'on' : 'as it should be'}`);
  },
};

const isAwake = (examination: Examination) =>
  fact(examination, 'clusters').some(({ status }) => status?.awake === true);

async function judgeRule(examination: Examination, id: string, name: string | undefined): Promise<Outcome | null> {
  const { about, vital, lost } = RULES[id] as (typeof RULES)[string];
  const bad = (seen: string, next: string) => (vital ? failed : warning)(`${seen}: ${lost}`, next, about);
  const missing = `bbf teardown, then ${setUpAgain(examination)}: CloudFormation makes no rule anew that somebody deleted`;
  if (name === undefined) return bad('the foundation has no such rule', missing);
  const rule = await events(examination, 'DescribeRule', { Name: name });
  if (rule === undefined) return bad(`rule ${name} does not exist`, missing);
  const wanted = id !== 'FastScheduleRule' || isAwake(examination);
  if (wanted && rule.State !== 'ENABLED')
    return bad(`rule ${name} is off`, awsCommand(examination, `events enable-rule --name ${name}`));
  const targets = await events(examination, 'ListTargetsByRule', { Rule: name });
  const arn = fact(examination, 'function');
  if ((targets?.Targets ?? []).some((target) => target.Arn === arn)) return null;
  const again = `events put-targets --rule ${name} --targets Id=reconciler,Arn=${arn}`;
  return bad(`rule ${name} does not lead to the reconciler`, awsCommand(examination, again));
}

interface Answer {
  State?: string;
  Targets?: { Arn?: string }[];
}

/** Undefined: there is no such rule. */
const events = (examination: Examination, operation: string, input: object): Promise<Answer | undefined> =>
  jsonCall<Answer>(fact(examination, 'installation').access, {
    doing: `ask EventBridge (${operation})`,
    service: 'events',
    target: `AWSEvents.${operation}`,
    input,
    absent: 'ResourceNotFoundException',
  });
