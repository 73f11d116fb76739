/** Where bbf can be set up: regions whose Lambda has Function URLs, at which builds and tasks ask for their certificates. */
import { Failure } from '../failure.ts';

/** AWS adds to these, so they are a reason to warn, not to refuse (Lambda developer guide, "Creating and managing Lambda function URLs"; read in November 2026). */
const WITHOUT_FUNCTION_URLS: readonly string[] = [
  'ap-east-2',
  'ap-south-2',
  'ap-southeast-4',
  'ap-southeast-5',
  'ap-southeast-6',
  'ap-southeast-7',
  'ca-west-1',
  'eu-central-2',
  'eu-south-2',
  'il-central-1',
  'me-central-1',
];

/**
 * AWS's partitions for China and for the government of the United States have none at all (Getting Started with Amazon Web Services in
 * China, "Amazon Lambda"; AWS GovCloud (US) user guide, "AWS Lambda"), so nothing of bbf knows their host names.
 * @throws Failure (configuration)
 */
export function refuseOtherPartitions(region: string): void {
  const partition = region.startsWith('cn-') ? 'China' : region.startsWith('us-gov-') ? 'GovCloud' : undefined;
  if (partition === undefined) return;
  throw new Failure(
    'configuration',
    `region ${region} is in AWS ${partition}, where Lambda has no Function URLs: bbf needs one`,
    {
      next: 'the same with --region=eu-west-3, or another region',
    },
  );
}

/** What is worth knowing before an installation is made in a region. */
export const regionNotes = (region: string): string[] =>
  WITHOUT_FUNCTION_URLS.includes(region)
    ? [
        `by AWS's documentation Lambda has no Function URLs in ${region}, and bbf needs one: unless that has changed, this set-up fails after some minutes, and what it made is rolled back`,
      ]
    : [];
