/** Which parameters of a stack that is there an update would change. */
import type { Stack } from '@aws-sdk/client-cloudformation';
import type { StackWish } from '../aws/change-sets.ts';

export interface ChangedParameter {
  name: string;
  is: string;
  wished: string;
}

/** Those that the stack has; what the wish leaves out stays as it is. */
export function changedParameters(before: Stack | undefined, wish: StackWish): ChangedParameter[] {
  return (before?.Parameters ?? []).flatMap(({ ParameterKey: name = '', ParameterValue: is = '' }) => {
    const wished = wish.parameters[name] ?? is;
    return wished === is ? [] : [{ name, is, wished }];
  });
}
