import { expect, it } from 'vitest';
import { poolStackName } from '../../templates/names.ts';
import { minutes, NOW, observation, passOf, SERVER } from './observation.fixture.ts';
import type { ActionResult } from './plan.ts';
import { report } from './report.ts';

const spec = { pools: { server: { workers: 2 } } };
const service = (desired: number) => ({
  state: 'ACTIVE',
  desired,
  running: desired,
  pending: 0,
  rollout: 'COMPLETED',
  rolloutReason: null,
  troubles: [],
});

it('a count that could not be changed is that of its own service, also of a pool called server', () => {
  const facts = {
    spec,
    modifiedAt: NOW - minutes(1),
    services: {
      known: true as const,
      value: { [SERVER]: service(1), [poolStackName('bbf', 'main', 'server')]: service(0) },
    },
  };
  const { plan, lines } = passOf(facts);
  expect(lines).toContain('server 0→2');
  const results = plan.actions.map((action): ActionResult => ({ action, outcome: 'skipped', why: 'a test' }));
  const status = report(observation(facts), plan, results);
  expect(status.server.desired).toBe(1);
  expect(status.pools.server?.desired).toBe(0);
});
