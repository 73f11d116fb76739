/** Every oracle, in the order in which they are asked. */
import type { Oracle } from '../history.ts';
import { absenceShrinksNothing } from './absence.ts';
import { spentDaysGrowNothing } from './day-budget.ts';
import { floorsAreKept, queuesAreServed } from './demand.ts';
import { endpointsComeAlive } from './endpoints.ts';
import { failuresAreKept } from './evidence.ts';
import { busyWorkersStay, effortIsBounded, leasedCountsStay, unknownIsBusy } from './leases.ts';
import { endsAsTheSpecSays, idleClustersSleep, nothingLeaks, statusIsFresh } from './liveness.ts';
import { buildsKeepTheirServer, earlierShapesTakeNothing, rollOutsInUseGoOn } from './loss.ts';
import {
  absenceDeletesNothing,
  boundedDestruction,
  countsHaveOneOwner,
  documentsHaveOneWriter,
  errorsAreNotAbsence,
  monotonicPlan,
  nothingIsMadeOfTombstones,
  oneOperation,
  ownStacksOnly,
  suspendedDoesNothing,
  wantsAreCapped,
} from './mutations.ts';
import { registeredWorkersAreThere } from './registered.ts';
import { buildsAreServed } from './served.ts';
import { awakeIsWatched, editsAreNotSleptOver, oddLeasesHold, serverGoesLast } from './sleep.ts';
import {
  conditionsMakeSense,
  noIdleWrites,
  noSecrets,
  revisionsMoveForward,
  stalledSaysWhatToDo,
  statusHasAHeartbeat,
  statusIsValid,
  transitionTimes,
} from './status-form.ts';
import { acceptedIsValid, readyIsTrue, wishesAreTheSpecs } from './status-truth.ts';
import { taskTime } from './summary.ts';
import {
  drainsAreNeeded,
  lockIsTakenForSomething,
  scheduleIsSetOnce,
  settledStacksAreLeftAlone,
  wishesAreWithinBudget,
} from './thrift.ts';

export const ORACLES: readonly Oracle[] = [
  monotonicPlan,
  documentsHaveOneWriter,
  statusIsValid,
  conditionsMakeSense,
  transitionTimes,
  revisionsMoveForward,
  readyIsTrue,
  registeredWorkersAreThere,
  endpointsComeAlive,
  wishesAreTheSpecs,
  acceptedIsValid,
  absenceDeletesNothing,
  absenceShrinksNothing,
  nothingIsMadeOfTombstones,
  ownStacksOnly,
  leasedCountsStay,
  busyWorkersStay,
  buildsKeepTheirServer,
  earlierShapesTakeNothing,
  rollOutsInUseGoOn,
  unknownIsBusy,
  serverGoesLast,
  editsAreNotSleptOver,
  oddLeasesHold,
  oneOperation,
  noIdleWrites,
  statusHasAHeartbeat,
  boundedDestruction,
  errorsAreNotAbsence,
  suspendedDoesNothing,
  wantsAreCapped,
  wishesAreWithinBudget,
  spentDaysGrowNothing,
  drainsAreNeeded,
  scheduleIsSetOnce,
  lockIsTakenForSomething,
  settledStacksAreLeftAlone,
  effortIsBounded,
  countsHaveOneOwner,
  noSecrets,
  stalledSaysWhatToDo,
  floorsAreKept,
  queuesAreServed,
  taskTime,
  endsAsTheSpecSays,
  buildsAreServed,
  idleClustersSleep,
  statusIsFresh,
  nothingLeaks,
  failuresAreKept,
  awakeIsWatched,
];
