/** What set-up is about to change, as a person reads it: new things by kind, all else one by one. */
import type { ResourceChange } from '@aws-sdk/client-cloudformation';
import type { Proposal } from '../aws/stack-proposal.ts';
import { table } from '../output/table.ts';
import type { ChangedParameter } from './changed-parameters.ts';

/** @param parameters of a stack that is there: what they decide may show in its outputs alone */
export function proposalText(
  { stack, isNew, changeSet, changes }: Proposal,
  parameters: readonly ChangedParameter[],
): string[] {
  if (changeSet === undefined) return [`stack ${stack}: nothing to change`];
  if (changes.length === 0 && parameters.length === 0) return [`stack ${stack}: outputs only`];
  const added = changes.filter(({ Action }) => Action === 'Add');
  const others = changes.filter(({ Action }) => Action !== 'Add').map(changeRow);
  return [
    `stack ${stack} ${isNew ? 'will be made' : 'will change'}:`,
    ...table([...addedRows(added), ...others, ...(isNew ? [] : parameters.map(parameterRow))]).map(
      (line) => `  ${line}`,
    ),
  ];
}

const parameterRow = ({ name, is, wished }: ChangedParameter) => [
  'change',
  'parameter',
  `${name}: ${is || 'empty'} becomes ${wished || 'empty'}`,
];

function addedRows(changes: readonly ResourceChange[]): string[][] {
  const byType = new Map<string, string[]>();
  for (const { ResourceType = '', LogicalResourceId = '' } of changes)
    byType.set(ResourceType, [...(byType.get(ResourceType) ?? []), LogicalResourceId]);
  return [...byType]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([type, ids]) => ['create', `${ids.length} ${type}`, ids.join(', ')]);
}

/** The whole of a replacement is said, as it is what disturbs. */
function changeRow(change: ResourceChange): string[] {
  const { Action, LogicalResourceId = '', ResourceType = '', Replacement, Details = [], PhysicalResourceId } = change;
  const names = new Set(Details.flatMap(({ Target }) => Target?.Name ?? Target?.Attribute ?? []));
  const why = [...names].join(', ');
  if (Action === 'Remove') return ['delete', ResourceType, LogicalResourceId];
  if (Action === 'Import') return ['take over', ResourceType, `${LogicalResourceId} (${PhysicalResourceId})`];
  const word = Replacement === 'True' ? 'REPLACE' : Replacement === 'Conditional' ? 'change, maybe replace' : 'change';
  return [word, ResourceType, `${LogicalResourceId}${why === '' ? '' : `: ${why}`}`];
}
