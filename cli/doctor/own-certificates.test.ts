import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { worldOfEachTest } from '../../integration/world-of-each-test.ts';
import type { WorldOnPort } from '../../integration/world-on-port.ts';
import { installationKey } from '../access/function-url.ts';
import { writePrivate } from '../access/private-file.ts';
import { openInstallation } from '../context/installation.ts';
import { testAuthority } from '../testing/certificates.ts';
import { doctor, publish, resultOf, troubles, YEARS } from './doctor.fixture.ts';

const current = worldOfEachTest({ authorities: testAuthority('good', YEARS).pem });
let world: WorldOnPort;
beforeEach(async () => {
  world = current();
  await publish(world);
});

const HOUR = 3_600_000;

/** A certificate of twelve hours, as a build keeps it. */
async function keep(ageHours: number, change: object = {}): Promise<void> {
  const { settings, now } = world.program;
  const at = (hours: number) => new Date(now() + (hours - ageHours) * HOUR).toISOString();
  const dates = { notBefore: at(0), renewAt: at(8), notAfter: at(12) };
  const kept = { key: 'k', certificate: 'c', authorities: 'a', role: 'client', ...dates, ...change };
  const key = installationKey(await openInstallation({ settings }, undefined));
  await writePrivate(join(settings.cacheDirectory, 'certificates', `${key}--main.json`), kept);
}

const seen = async () => {
  const checkup = await doctor(world);
  return { ...resultOf(checkup, 'certificates'), troubles: troubles(checkup), healthy: checkup.healthy };
};

describe('the certificate that is kept for one’s own builds', () => {
  it('is no trouble before there is one', async () =>
    expect(await seen()).toMatchObject({ state: 'ok', about: null, troubles: [] }));

  it('is good for two thirds of its life', async () => {
    await keep(7);
    expect(await seen()).toMatchObject({ state: 'ok', about: 'main', seen: 'good for 5h 00m', next: null });
  });

  const login = 'bbf login --context=test --cluster=main';
  const rows: [string, number, string][] = [
    ['was due to be renewed', 9, 'good for 3h 00m, and due to be renewed for 1h 00m'],
    ['ends within the hour', 11.5, 'good for 30m 00s, and due to be renewed for 3h 30m'],
    ['has ended', 13, 'ended 1h 00m ago'],
    ['is of a clock that is ahead', -2, 'not good yet'],
  ];
  it.each(rows)('is a warning, with what to type, where it %s', async (_state, age, text) => {
    await keep(age);
    expect(await seen()).toMatchObject({
      state: 'warning',
      seen: text,
      next: login,
      troubles: ['certificates main: warning'],
      healthy: true,
    });
  });

  it('is none where the file is broken: the next build makes another', async () => {
    await keep(7, { key: null });
    expect(await seen()).toMatchObject({ state: 'ok', about: null });
  });
});
