/** The page on the comparison with moto, written from the cases and the differences themselves. */
import { cases } from './cases.ts';
import { MOTO_VERSION } from './moto.ts';
import { differences, motoDifferences } from './moto-differences.ts';

export const refereePage = (): string => `## The referee

Written by \`integration/contract/referee.test.ts -u\`; it fails while this page says something else than what it finds.

The cases of the contract (\`integration/contract/cases/\`) are questions that can be put to any AWS: each begins with nothing, asks through the AWS SDK, and says what AWS documents as
the answer. They are put to the local cloud, and to [moto](https://github.com/getmoto/moto) ${MOTO_VERSION}, an imitation of AWS that none of us wrote. The local cloud must give every documented answer. moto must too, or
differ in exactly the way that the list below explains; an explanation of what does not differ fails as well.

moto is installed by the test itself, with pip into a virtual environment below \`node_modules/.cache\`; where Python or the package index is out of reach the comparison is skipped with a
line that says what to install. Patterns of EventBridge are put to moto's rules, as it lacks TestEventPattern.

Neither side is AWS: an error that both share is not found. What only one side can be asked (virtual time, restarts, the refusal of what the local cloud lacks) is in the tests beside the cases.

### In numbers

| cases of | put to both | agree | differ, explained |
|---|---|---|---|
${numbers()}

### Where moto was right

- A service that DescribeServices does not find is named by an ARN without the cluster, when it was asked for by its name (reported of AWS: aws-actions/amazon-ecs-deploy-task-definition#312).
- Lambda refuses a function whose role it can't have (API CreateFunction, InvalidParameterValueException).

### Where moto differs

What it answers in each case is in \`integration/contract/differences/\`.

| moto | AWS | source | cases |
|---|---|---|---|
${differences.map((one) => row(one.moto, one.aws, one.source, Object.keys(one.answers).length)).join('\n')}
`;

const row = (...cells: (string | number)[]) => `| ${cells.map(plain).join(' | ')} |`;
const plain = (cell: string | number) => String(cell).replace(/[|*<]/g, '\\$&');

function numbers(): string {
  const services = [...new Set(cases.map(({ name }) => serviceOf(name)))];
  const counted = services.map((service) => counts(service, (name) => serviceOf(name) === service));
  return [...counted, counts('all', () => true)].join('\n');
}

function counts(label: string, belongs: (name: string) => boolean): string {
  const all = cases.filter(({ name }) => belongs(name)).length;
  const differ = motoDifferences.filter(({ name }) => belongs(name)).length;
  return row(label === 'Template' ? 'bbf’s own templates' : label, all, all - differ, differ);
}

const serviceOf = (name: string) => name.split(/[ :]/)[0] ?? '';
