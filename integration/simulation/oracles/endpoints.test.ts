import { describe, expect, it } from 'vitest';
import type { Status } from '../../../config-schema/documents.ts';
import { endpointsComeAlive } from './endpoints.ts';
import { AT, calmSight, condition, goodStatus, history, written } from './history.fixture.ts';

const there = goodStatus();
const endpoint = there.endpoint ?? '';
const gone = (change: (status: Status) => void = () => {}) =>
  goodStatus((status) => {
    Object.assign(status, { endpoint: null, server: { ...status.server, running: 0 } });
    Object.assign(condition(status, 'ServerAvailable'), { status: 'False' });
    change(status);
  });

/** What is said of a status that names a server whose program ended then, a second after another status. */
function judged(before: Status, until: number | null, since = 0): string {
  const said = history({ statuses: [written(before, AT - 1_000), written(there)] });
  said.servers.push({ task: 't1', cluster: 'main', endpoint, since, until });
  return endpointsComeAlive.judge(calmSight(), said).join();
}

describe('the endpoint', () => {
  it('is that of a server that runs, also after a look of ECS that missed it', () => {
    expect(judged(gone(), null)).toBe('');
  });

  it('is not that of one that ended before status said so', () => {
    expect(judged(gone(), AT - 5_000)).toBe(
      `main is at ${endpoint} again, whose server ended before status said that none runs`,
    );
  });

  it('may be that of one that ended just now, or of which nobody could know', () => {
    expect(judged(gone(), AT - 500)).toBe('');
    expect(judged(there, AT - 5_000)).toBe('');
    expect(judged(gone(), AT - 5_000, AT - 9_000)).toBe('');
    const blind = gone((status) => void Object.assign(condition(status, 'ServerAvailable'), { status: 'Unknown' }));
    expect(judged(blind, AT - 5_000)).toBe('');
  });
});
