/** Checks of the bucket: it is there and ours, keeps versions, and tells EventBridge what is written. */

import type { SignedResponse } from '../../reconciler/aws/signed-request.ts';
import { otherRegion, refusal } from '../aws/answers.ts';
import { askBucket } from '../aws/bucket-request.ts';
import { element } from '../aws/xml.ts';
import { type Check, type Examination, fact, failed, ok } from './check.ts';
import { setUpAgain } from './remedies.ts';

export const bucketCheck: Check = {
  id: 'bucket',
  title: 'the bucket is reachable',
  why: 'all documents are in it',
  needs: ['identity'],
  async run(examination) {
    const { context } = fact(examination, 'installation');
    const { account } = fact(examination, 'identity');
    const { bucket } = context;
    const answer = await ask(examination, { method: 'HEAD', headers: { 'x-amz-expected-bucket-owner': account } });
    if (answer.status === 404) return failed(`there is no bucket ${bucket}`, setUpAgain(examination));
    const elsewhere = otherRegion(context, answer);
    if (elsewhere !== undefined)
      return failed(
        `bucket ${bucket} is in ${elsewhere}, and the context says ${context.region}`,
        'correct the region of the context: bbf contexts',
      );
    if (answer.status === 403)
      return failed(
        `you may not read bucket ${bucket}, or it is not of account ${account}`,
        'ask an administrator for s3:ListBucket and s3:GetObject on it',
      );
    if (answer.status !== 200) throw refusal(`look for bucket ${bucket}`, answer);
    examination.facts.bucket = bucket;
    return ok(`${bucket} of account ${account}`);
  },
};

export const versioningCheck: Check = {
  id: 'versioning',
  title: 'the bucket keeps versions',
  why: 'a revision is a version of cluster.json: without versions there is no last valid one to fall back to, and no history',
  needs: ['bucket'],
  async run(examination) {
    const state = element(await setting(examination, 'versioning'), 'Status');
    if (state === 'Enabled') return ok('enabled');
    return failed(state === undefined ? 'never turned on' : state.toLowerCase(), setUpAgain(examination));
  },
};

export const objectEventsCheck: Check = {
  id: 'object-events',
  title: 'the bucket tells EventBridge',
  why: 'an edit or a lease wakes the reconciler by an event; without, it waits for the schedule',
  needs: ['bucket'],
  async run(examination) {
    const told = (await setting(examination, 'notification')).includes('<EventBridgeConfiguration');
    return told ? ok('sends events of objects') : failed('sends no events', setUpAgain(examination));
  },
};

async function setting(examination: Examination, name: string): Promise<string> {
  const answer = await ask(examination, { method: 'GET', query: name });
  if (answer.status === 200) return answer.body.toString('utf8');
  throw refusal(`read ${name} of bucket ${fact(examination, 'bucket')}`, answer);
}

function ask(examination: Examination, request: Parameters<typeof askBucket>[2]): Promise<SignedResponse> {
  const { access, context } = fact(examination, 'installation');
  return askBucket({ access, bucket: context.bucket }, `look at bucket ${context.bucket}`, request);
}
