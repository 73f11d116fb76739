/** The AWS CLI of this machine. */
import { execFileSync } from 'node:child_process';

/** What to install, where there is none. */
export function missingAwsCli(): string {
  try {
    execFileSync('aws', ['--version'], { stdio: 'ignore' });
    return '';
  } catch {
    return 'the AWS CLI is not on PATH (apt-get install awscli)';
  }
}
