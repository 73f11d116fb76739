/** What ECS says of task definitions that it refuses. */
import { RegisterTaskDefinitionCommand } from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { clientOf, DEFINITION } from './ecs-farm.ts';

describe('task definitions', () => {
  it.each([
    [
      'a size that Fargate does not have',
      { cpu: '256', memory: '4096' },
      'No Fargate configuration exists for given values: 256 CPU, 4096 memory',
    ],
    ['another network mode', { networkMode: 'bridge' as const }, 'Fargate only supports network mode'],
    [
      'a long stop timeout',
      { containerDefinitions: [{ name: 'a', image: 'b', stopTimeout: 121 }] },
      'must not exceed 120',
    ],
    ['no essential container', { containerDefinitions: [{ name: 'a', image: 'b', essential: false }] }, 'essential'],
    [
      'an unknown dependency',
      {
        containerDefinitions: [
          { name: 'a', image: 'b', dependsOn: [{ containerName: 'c', condition: 'START' as const }] },
        ],
      },
      'there is no container of that name',
    ],
    ['too much storage', { ephemeralStorage: { sizeInGiB: 201 } }, 'between 21 and 200'],
  ])('with %s are refused', async (_title, change, message) => {
    const { client } = clientOf();
    await expect(client.send(new RegisterTaskDefinitionCommand({ ...DEFINITION, ...change }))).rejects.toMatchObject({
      name: 'ClientException',
      message: expect.stringContaining(message),
    });
  });
});
