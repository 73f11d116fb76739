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

interface Explained extends Omit<Difference, 'answers'> {
  name: string;
  answer: unknown;
}

/** By explanation. */
export const differences: Difference[] = [
  ...s3Differences,
  ...stackDifferences,
  ...templateDifferences,
  ...ecsDifferences,
  ...otherDifferences,
];

/** By case. */
export const motoDifferences: Explained[] = differences.flatMap(({ answers, ...why }) =>
  Object.entries(answers).map(([name, answer]) => ({ name, answer, ...why })),
);
