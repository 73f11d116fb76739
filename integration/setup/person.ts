/** A person at a terminal who sets up and tears down an installation in a world of virtual time. */

import { UpdateStackCommand } from '@aws-sdk/client-cloudformation';
import { dispatch } from '../../cli/dispatch.ts';
import { describeFailure } from '../../cli/failure.ts';
import { isInterrupted, signalExitCode } from '../../cli/interrupt.ts';
import { OTHER, type WorldOnPort } from '../world-on-port.ts';

export interface Run {
  code: number;
  stdout: string;
  /** Everything else that was said, questions included. */
  notes: string;
}

/** What is typed, or what goes on in the world until it is. */
type Answer = string | (() => Promise<string>);

/** @param answers to the questions, in order; without any there is no terminal */
export async function run({ program, endpoint }: WorldOnPort, args: string[], answers?: Answer[]): Promise<Run> {
  const { aws } = program.settings;
  Object.assign(aws, { endpoint, region: aws.region ?? 'us-east-1' });
  const [out, err] = [program.stdout().length, program.stderr().length];
  const left = [...(answers ?? [])];
  const asked: string[] = [];
  const ask = async (question: string) => {
    asked.push(question);
    const answer = left.shift() ?? '';
    return typeof answer === 'string' ? answer : answer();
  };
  program.terminal.ask = answers === undefined ? undefined : ask;
  const failure: string[] = [];
  const code = await dispatch(args, program).catch((error: unknown) => {
    if (isInterrupted(error)) {
      failure.push(error.message, error.left ?? '');
      return signalExitCode(error.signal);
    }
    const { lines, exitCode } = describeFailure(error);
    failure.push(...lines);
    return exitCode;
  });
  const notes = [program.stderr().slice(err), ...asked, ...failure].join('\n');
  return { code, stdout: program.stdout().slice(out), notes };
}

/** An installation of its own, beside the one that the world begins with. */
export const setup = (world: WorldOnPort, flags: string[] = [], answers: Answer[] = ['yes']) =>
  run(world, ['setup', `--name=${OTHER}`, ...flags], answers);

export const STACK = `${OTHER}--foundation`;
export const BUCKET = `${OTHER}-000000000000-us-east-1`;

/** What set-up of bbf 10.0.0 would do to that installation; it is under way. */
export async function updateAsNewer({ cfn }: WorldOnPort): Promise<void> {
  const keep = ['Bucket', 'BundleKey', 'ServerImage', 'WorkerImage'].map((ParameterKey) => ({
    ParameterKey,
    UsePreviousValue: true,
  }));
  const update = { StackName: STACK, UsePreviousTemplate: true, Capabilities: ['CAPABILITY_NAMED_IAM' as const] };
  const Parameters = [...keep, { ParameterKey: 'Version', ParameterValue: '10.0.0' }];
  await cfn.send(new UpdateStackCommand({ ...update, Parameters }));
}
