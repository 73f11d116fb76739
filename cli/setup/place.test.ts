import { expect, it } from 'vitest';
import { saveContext } from '../context/config.ts';
import { dispatch } from '../dispatch.ts';
import { exitCodes } from '../exit-codes.ts';
import { programDouble } from '../testing/program-double.ts';

/** No program listens on the port of discard. */
const NOBODY = 'http://127.0.0.1:9';
const PLACE = ['--region=us-east-1', '--name=bbf'];

it.each(['setup', 'teardown'])(
  'bbf %s names the context whose endpoint is silent, and how to leave it aside',
  async (command) => {
    const program = programDouble();
    const context = { endpoint: NOBODY, region: 'us-east-1', bucket: 'b', installation: 'bbf' };
    await saveContext(program.settings, 'bbf-us-east-1', context);
    await expect(dispatch([command, ...PLACE, '--yes'], program)).rejects.toMatchObject({
      exitCode: exitCodes.unavailable,
      next: `start what answers there, which context bbf-us-east-1 names; or, for another place, bbf ${command} ${PLACE.join(' ')} --context=ANOTHER`,
    });
  },
);

it('bbf setup names the variable whose endpoint is silent', async () => {
  const program = programDouble();
  program.settings.aws.endpoint = NOBODY;
  await expect(dispatch(['setup', ...PLACE, '--yes'], program)).rejects.toMatchObject({
    next: 'start what answers there, or unset AWS_ENDPOINT_URL, which names it',
  });
});
