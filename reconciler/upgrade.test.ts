import { describe, expect, it } from 'vitest';
import { mixtureIn, standAside } from './upgrade.ts';

describe('code and environment', () => {
  it.each([
    ['of one version go together', '1.3.0', '1.3.0', null],
    ['of two do not', '1.2.0', '1.3.0', 'code is of bbf 1.3.0 and its environment of bbf 1.2.0'],
    [
      'nor does code before its environment is newer',
      '1.3.0',
      '1.2.0',
      'code is of bbf 1.2.0 and its environment of bbf 1.3.0',
    ],
    ['nor an environment from before it named its version', undefined, '1.3.0', 'its environment of an older bbf'],
    ['from sources go with all', '0.0.0-dev', '1.3.0', null],
    ['also the other way', '1.3.0', '0.0.0-dev', null],
  ])('%s', (_rule, deployed, code, expected) => {
    const mixture = mixtureIn({ BBF_VERSION: deployed }, code);
    if (expected === null) expect(mixture).toBe(null);
    else expect(mixture).toContain(expected);
  });
});

describe('in the midst of an upgrade', () => {
  it('whoever asks for a certificate is told to come again', async () => {
    const event = { rawPath: '/certificates', requestContext: { http: { method: 'POST' } } };
    const { statusCode, body } = await standAside(event, 'two versions');
    expect([statusCode, JSON.parse(body)]).toEqual([503, { error: 'UpgradeUnderWay', message: 'two versions' }]);
  });

  it('an event is left to Lambda’s next try', async () => {
    await expect(standAside({ source: 'aws.s3' }, 'two versions')).rejects.toThrow('two versions');
  });
});
