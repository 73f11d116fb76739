import { expect, it } from 'vitest';
import { agentSettings } from './settings.ts';

const task = {
  BBF_CLUSTER: 'main',
  AWS_REGION: 'us-east-1',
  BBF_ACCESS_URL: 'http://127.0.0.1:1/',
  ECS_CONTAINER_METADATA_URI_V4: 'http://127.0.0.1:1/metadata',
};

it('settings come from the environment of the task', () => {
  expect(agentSettings({ ...task, BBF_AGENT: 'server', BBF_BUCKET: 'b' })).toMatchObject({
    role: 'server',
    bucket: 'b',
    port: 8973,
    metricsUrl: 'http://127.0.0.1:9090/metrics',
    runDirectory: '/run/bbf',
  });
  expect(agentSettings({ ...task, BBF_AGENT: 'worker', BBF_POOL: 'a', BBF_SLOTS: '4' })).toMatchObject({
    role: 'worker',
    slots: 4,
    workDirectory: '/work',
  });
});

it.each([
  [{}, 'BBF_AGENT is not set'],
  [{ BBF_AGENT: 'gateway' }, 'BBF_AGENT is "gateway"; expected server or worker'],
  [{ BBF_AGENT: 'server' }, 'BBF_BUCKET is not set'],
  [{ BBF_AGENT: 'worker', BBF_POOL: 'a', BBF_SLOTS: 'x' }, 'BBF_SLOTS is "x"'],
])('%j is refused', (wrong, message) => expect(() => agentSettings({ ...task, ...wrong })).toThrow(message));
