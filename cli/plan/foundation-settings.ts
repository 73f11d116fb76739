/** The settings that the reconciler decides with: its function has them from the parameters of the foundation's stack. */
import type { Settings } from '../../reconciler/ports.ts';
import { type CompanionImages, companionsIn, imageParameter } from '../../templates/engine.ts';
import { foundationStackName } from '../../templates/names.ts';
import type { AwsAccess } from '../aws/access.ts';
import { openStacks } from '../aws/stacks.ts';
import { ASK_DOCTOR, Failure } from '../failure.ts';

/** @throws Failure (configuration) where there is no foundation, or one without those parameters */
export async function foundationSettings(access: AwsAccess, installation: string): Promise<Settings> {
  const name = foundationStackName(installation);
  const stack = await openStacks(access).describe(name);
  if (stack === undefined)
    throw new Failure('configuration', `there is no stack ${name} in ${access.region}`, { next: ASK_DOCTOR });
  const given = (key: string) => stack.Parameters?.find(({ ParameterKey }) => ParameterKey === key)?.ParameterValue;
  const parameter = (key: string): string => {
    const value = given(key);
    if (value) return value;
    throw new Failure('configuration', `stack ${name} has no parameter ${key}`, { next: ASK_DOCTOR });
  };
  return {
    installation,
    version: parameter('Version'),
    defaultEngine: {
      server: parameter('ServerImage'),
      worker: parameter('WorkerImage'),
      companions: companionsOf(name, given),
    },
    publicAddresses: given('AssignPublicIp') !== 'DISABLED',
  };
}

function companionsOf(stack: string, given: (parameter: string) => string | undefined): CompanionImages | undefined {
  try {
    return companionsIn((companion) => given(imageParameter(companion)));
  } catch (error) {
    throw new Failure('configuration', `stack ${stack}: ${(error as Error).message}`, { next: ASK_DOCTOR });
  }
}
