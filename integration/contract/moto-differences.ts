/**
 * Where moto does not answer what AWS documents: by case, what it answers instead, with an explanation and its source.
 * A case that is not here must agree; one that is here must differ in exactly this way, so that the list can't rot.
 */
import { stackDifferences } from './differences/cloudformation.ts';
import type { Difference } from './differences/difference.ts';
import { ecsDifferences } from './differences/ecs.ts';
import { otherDifferences } from './differences/others.ts';
import { s3Differences } from './differences/s3.ts';
import { templateDifferences } from './differences/templates.ts';

export interface Explained extends Pick<Difference, 'moto' | 'aws' | 'source'> {
  name: string;
  answer: unknown;
}

const all = [...s3Differences, ...stackDifferences, ...templateDifferences, ...ecsDifferences, ...otherDifferences];

export const motoDifferences: Explained[] = all.flatMap(({ answers, ...why }) =>
  Object.entries(answers).map(([name, answer]) => ({ name, answer, ...why })),
);
