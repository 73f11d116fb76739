import { describe, expect, it } from 'vitest';
import { serverSettings, workerSettings } from './settings.ts';

const task = {
  BBF_CLUSTER: 'main',
  AWS_REGION: 'us-east-1',
  BBF_ACCESS_URL: 'http://127.0.0.1:1/',
  ECS_CONTAINER_METADATA_URI_V4: 'http://127.0.0.1:1/metadata',
};
const worker = { ...task, BBF_POOL: 'default', BBF_SLOTS: '4' };

describe('settings', () => {
  it('come from the environment of the task', () => {
    expect(workerSettings({ ...worker, BBF_PLATFORM: '{"OSFamily":"linux"}' })).toMatchObject({
      cluster: 'main',
      slots: 4,
      platform: { OSFamily: 'linux' },
      endpoint: undefined,
    });
    expect(serverSettings({ ...task, BBF_BUCKET: 'b' })).toMatchObject({ bucket: 'b', port: 8980 });
  });
  it.each([
    [{ BBF_SLOTS: '0' }, /BBF_SLOTS is "0"; expected a whole number/],
    [{ BBF_SLOTS: '257' }, /BBF_SLOTS is "257"; expected a whole number from 1 to 256/],
    [{ BBF_SLOTS: 'many' }, /BBF_SLOTS is "many"/],
    [{ BBF_PLATFORM: '[]' }, /BBF_PLATFORM is "\[\]"; expected a JSON object/],
    [{ BBF_PLATFORM: '{"a":1}' }, /BBF_PLATFORM/],
    [{ BBF_CLUSTER: '' }, /BBF_CLUSTER is not set/],
  ])('%o are refused', (wrong, message) => {
    expect(() => workerSettings({ ...worker, ...wrong })).toThrow(message);
  });
});
