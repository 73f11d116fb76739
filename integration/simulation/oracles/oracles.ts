/** Every oracle, in the order in which they are asked. */
import type { Oracle } from '../history.ts';
import { endpointsComeAlive } from './endpoints.ts';
import { busyWorkersStay, effortIsBounded, leasedCountsStay, unknownIsBusy } from './leases.ts';
import { endsAsTheSpecSays, idleClustersSleep, nothingLeaks, statusIsFresh } from './liveness.ts';
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
import { drainsAreNeeded, scheduleIsSetOnce, settledStacksAreLeftAlone, wishesAreWithinBudget } from './thrift.ts';

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
  nothingIsMadeOfTombstones,
  ownStacksOnly,
  leasedCountsStay,
  busyWorkersStay,
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
  drainsAreNeeded,
  scheduleIsSetOnce,
  settledStacksAreLeftAlone,
  effortIsBounded,
  countsHaveOneOwner,
  noSecrets,
  stalledSaysWhatToDo,
  taskTime,
  endsAsTheSpecSays,
  buildsAreServed,
  idleClustersSleep,
  statusIsFresh,
  nothingLeaks,
  awakeIsWatched,
];
