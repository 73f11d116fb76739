import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dispatch } from '../dispatch.ts';
import { type ProgramDouble, programDouble } from '../testing/program-double.ts';

let program: ProgramDouble;
beforeEach(() => {
  program = programDouble();
  const { aws } = program.settings;
  const file = (name: string, text: string) => {
    writeFileSync(join(program.directory, name), text);
    return join(program.directory, name);
  };
  aws.region = undefined;
  aws.configFile = file(
    'config',
    '[default]\nregion = eu-west-3\n[profile work]\nregion = eu-west-1\n[profile bare]\n',
  );
  aws.credentialsFile = file('credentials', '[old]\nregion = us-west-2\n');
});
afterEach(() => rmSync(program.directory, { recursive: true, force: true }));

/** Region of the policy that is printed. */
async function used(...flags: string[]): Promise<string | undefined> {
  expect(await dispatch(['bootstrap-policy', ...flags], program)).toBe(0);
  return /arn:aws:lambda:([^:]+):/.exec(program.stdout())?.[1];
}

describe('the region that nobody has typed', () => {
  it.each([
    ['is that of the default profile', undefined, undefined, 'eu-west-3'],
    ['is that of the profile in use', undefined, 'work', 'eu-west-1'],
    ['is that of the environment first', 'us-east-2', 'work', 'us-east-2'],
    ['may stand beside the profile’s keys', undefined, 'old', 'us-west-2'],
  ])('%s', async (_, region, profile, expected) => {
    Object.assign(program.settings.aws, { region, profile });
    expect(await used()).toBe(expected);
  });

  it('gives way to the flag', async () => expect(await used('--region=eu-north-1')).toBe('eu-north-1'));

  it.each(['setup', 'teardown', 'bootstrap-policy'])(
    'is asked for by bbf %s where nothing names one',
    async (command) => {
      program.settings.aws.profile = 'bare';
      // Else teardown takes the context.
      const flags = command === 'teardown' ? ['--name=other'] : [];
      await expect(dispatch([command, ...flags], program)).rejects.toMatchObject({
        message: `bbf ${command} needs a region: none was given, AWS_REGION is not set, and profile bare names none`,
        next: `bbf ${command} --region=eu-west-3`,
      });
    },
  );
});
