import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { temporaryDirectory } from '../../local/farm/fixtures/temporary.ts';
import { createTestAuthority } from '../../local/farm/fixtures/test-authority.ts';
import { gatewayCases } from '../gateway/cases.ts';
import { fourFreePorts } from '../gateway/gateway.ts';
import { expectImagesOfFarm, missingEngine } from './engine-answer.ts';
import { startGatewayContainer } from './gateway-container.ts';

describe.skipIf(missingEngine)('a gateway as a container', () => {
  beforeAll(expectImagesOfFarm);
  gatewayCases(startGatewayContainer, { rotation: false });

  it('is healthy once it serves', async () => {
    const directory = temporaryDirectory();
    const ports = { outerPorts: await fourFreePorts(), innerPorts: await fourFreePorts() };
    const gateway = await startGatewayContainer({ kind: 'server', address: '127.0.0.1', directory, ...ports });
    onTestFinished(() => gateway.close());
    expect(await gateway.healthy()).toBe(false);
    gateway.setTls(createTestAuthority().issue({ role: 'server' }));
    await expect.poll(() => gateway.healthy()).toBe(true);
  });
});
