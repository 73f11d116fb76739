/** Every command of bbf's own, in the order in which help lists them. */
import type { Command } from '../command.ts';
import { createCommand } from './create.ts';
import { deleteClusterCommand } from './delete.ts';
import { doctorCommand } from './doctor.ts';
import { explainCommand } from './explain.ts';
import { imagesCommand } from './images.ts';
import { localCommands } from './local.ts';
import { loginCommand } from './login.ts';
import { planCommand } from './plan.ts';
import { setupCommand, teardownCommand } from './setup.ts';
import { statusCommand } from './status.ts';
import { contextsCommand, useCommand } from './use.ts';
import { wantCommand } from './want.ts';

export const commands: Command[] = [
  ...localCommands,
  setupCommand,
  teardownCommand,
  useCommand,
  contextsCommand,
  createCommand,
  wantCommand,
  statusCommand,
  explainCommand,
  planCommand,
  doctorCommand,
  deleteClusterCommand,
  loginCommand,
  imagesCommand,
];
