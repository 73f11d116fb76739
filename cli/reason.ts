/** Why a document is written, as `--reason` says it. */
import { clusterSchema } from '../config-schema/cluster.schema.ts';
import type { Call } from './command.ts';
import { Failure } from './failure.ts';

const CHARACTERS_MAX = clusterSchema.properties.metadata.properties.reason.maxLength;

/** @param otherwise where nobody says why: the command line. @throws Failure (usage) for a text that no document may hold */
export function reasonOf(call: Pick<Call, 'text'>, otherwise: string): string {
  const reason = call.text('reason') || otherwise.slice(0, CHARACTERS_MAX);
  if (reason.length <= CHARACTERS_MAX) return reason;
  throw new Failure('usage', `--reason has ${reason.length} characters, and ${CHARACTERS_MAX} are the most`, {
    next: 'the same with a shorter one',
  });
}
