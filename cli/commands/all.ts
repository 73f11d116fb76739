/** Every command of bbf's own, in the order in which help lists them. */
import type { Command } from '../command.ts';
import { bazelHelpers } from './bazel.ts';
import { caCommands } from './ca.ts';
import { claimCommands } from './claims.ts';
import { completionCommand } from './completion.ts';
import { createCommand } from './create.ts';
import { deleteClusterCommand } from './delete.ts';
import { desiredCommands } from './desired.ts';
import { doctorCommand } from './doctor.ts';
import { explainCommand } from './explain.ts';
import { imagesCommand } from './images.ts';
import { localCommands } from './local.ts';
import { loginCommand } from './login.ts';
import { planCommand } from './plan.ts';
import { seeingCommands } from './seeing.ts';
import { bootstrapPolicyCommand, setupCommand, teardownCommand } from './setup.ts';
import { statusCommand } from './status.ts';
import { configCommand, contextsCommand, useCommand } from './use.ts';
import { wantCommand } from './want.ts';

export const commands: Command[] = [
  ...localCommands,
  setupCommand,
  teardownCommand,
  bootstrapPolicyCommand,
  useCommand,
  contextsCommand,
  configCommand,
  createCommand,
  wantCommand,
  ...desiredCommands,
  ...claimCommands,
  statusCommand,
  ...seeingCommands,
  explainCommand,
  planCommand,
  doctorCommand,
  deleteClusterCommand,
  ...bazelHelpers,
  loginCommand,
  completionCommand,
  ...caCommands,
  imagesCommand,
];
