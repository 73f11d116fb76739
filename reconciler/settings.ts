/** The reconciler's settings, read from its environment once, when the function starts. */
import { version } from '../config-schema/version.ts';
import { companionsIn, imageVariable } from '../templates/engine.ts';
import type { Settings } from './ports.ts';

export interface FunctionSettings extends Settings {
  region: string;
  /** Where AWS answers, when not at its usual addresses; the SDK's own variable. */
  endpoint: string | undefined;
  bucket: string;
  /** Names of the roles of the farm's own tasks: they decide what a certificate may do. */
  serverRole: string;
  workerRole: string;
  /** Role that CloudFormation acts with. */
  stackRoleArn: string | undefined;
}

/** Throws when a variable that the foundation's template sets is missing. */
export function settingsFrom(env: Record<string, string | undefined>): FunctionSettings {
  const required = (name: string): string => {
    const value = env[name];
    if (!value) throw new Error(`the environment variable ${name} is not set; deploy the foundation again: bbf setup`);
    return value;
  };
  return {
    installation: required('BBF_INSTALLATION'),
    version,
    region: required('AWS_REGION'),
    endpoint: env.AWS_ENDPOINT_URL,
    bucket: required('BBF_BUCKET'),
    defaultEngine: {
      server: required('BBF_SERVER_IMAGE'),
      worker: required('BBF_WORKER_IMAGE'),
      companions: companionsIn((companion) => env[imageVariable(companion)]),
    },
    publicAddresses: env.BBF_ASSIGN_PUBLIC_IP !== 'DISABLED',
    serverRole: required('BBF_SERVER_ROLE'),
    workerRole: required('BBF_WORKER_ROLE'),
    stackRoleArn: env.BBF_STACK_ROLE_ARN || undefined,
  };
}
