/** Actions of the reconciler in plain words. */
import type { Action } from '../../reconciler/core/plan.ts';
import { parseOwnedName } from '../../templates/names.ts';

export function actionWords(installation: string, action: Action): string {
  switch (action.type) {
    case 'CreateStack':
      return `create stack ${action.stack}`;
    case 'UpdateStack':
      return `update stack ${action.stack}`;
    case 'DeleteStack':
      return `delete stack ${action.stack}`;
    case 'CancelUpdate':
      return `call off the update of stack ${action.stack}`;
    case 'ContinueRollback':
      return `continue the rollback of stack ${action.stack}`;
    case 'RollbackStack':
      return `roll back stack ${action.stack}`;
    case 'SetFastSchedule':
      return `turn the fast schedule ${action.enabled ? 'on' : 'off'}`;
    case 'SetDesiredCount':
      return countWords(installation, action);
  }
}

function countWords(installation: string, action: Extract<Action, { type: 'SetDesiredCount' }>): string {
  const { service, from, to } = action;
  const pool = parseOwnedName(installation, service)?.pool;
  const verb = to > from ? 'start' : 'stop';
  if (pool === undefined) return `${verb} the build server (${from} → ${to})`;
  const count = Math.abs(to - from);
  return `${verb} ${count} ${count === 1 ? 'worker' : 'workers'} of pool ${pool} (${from} → ${to})`;
}
