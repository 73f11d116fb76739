import { describe, expect, it } from 'vitest';
import { certificateDouble } from './certificate.fixture.ts';
import { freshCertificate } from './certificate.ts';
import { certificateSource } from './certificate-source.ts';

const HOUR = 3_600_000;
const ASKING = 'asking the reconciler for a certificate for main';

/** A certificate of 12 hours, and a clock that a test moves. */
async function world() {
  const clock = { now: Date.UTC(2026, 0, 1) };
  const double = await certificateDouble({ now: () => clock.now });
  return { ...double, clock, source: certificateSource(double.wish) };
}

describe('the certificate of a build', () => {
  it('is the kept one while that is young, and asked for once by many', async () => {
    const { wish, source, bodies, notes, clock } = await world();
    await freshCertificate(wish);
    clock.now += 8 * HOUR - 1;
    await Promise.all([source.get(), source.get()]);
    expect(bodies).toHaveLength(1);
    expect(notes).toEqual([]);
    clock.now += 1;
    const another = certificateSource(wish);
    const two = await Promise.all([another.get(), another.get()]);
    expect(two.map(({ certificate }) => certificate)).toEqual(['c2', 'c2']);
    expect(bodies).toHaveLength(2);
    expect(notes).toEqual([ASKING]);
  });

  it('is an old one that is good where the reconciler is away, which is said once', async () => {
    const { wish, statuses, notes, clock, source } = await world();
    await freshCertificate(wish);
    clock.now += 9 * HOUR;
    statuses.push(502, 502, 502);
    expect(await source.get()).toMatchObject({ certificate: 'c1' });
    expect(source.failure()?.message).toMatch(/502/);
    expect(notes).toEqual([
      ASKING,
      expect.stringMatching(/could not be renewed yet, and is good for another 3h 00m: .*502/),
    ]);
    clock.now += 11_000;
    statuses.push(502, 502, 502);
    await source.get();
    await expect.poll(() => statuses.length).toBe(0);
    // A try ends a moment after the answer that fails it, and the next one comes some time after that.
    const later = () => {
      clock.now += 11_000;
      return source.get();
    };
    await expect.poll(async () => (await later()).certificate).toBe('c8');
    expect(source.failure()).toBeUndefined();
    expect(notes).toHaveLength(2);
  });

  it('is none where the last one is over', async () => {
    const { wish, statuses, clock, source } = await world();
    await freshCertificate(wish);
    clock.now += 12 * HOUR;
    statuses.push(502, 502, 502);
    await expect(source.get()).rejects.toThrow(/502/);
  });

  it('is another one when the farm distrusts it, but not again and again', async () => {
    const { source, bodies, clock } = await world();
    await source.get();
    expect(await source.get(true)).toMatchObject({ certificate: 'c2' });
    expect(await source.get(true)).toMatchObject({ certificate: 'c2' });
    clock.now += 11_000;
    await source.get(true);
    expect(bodies).toHaveLength(3);
  });

  it('is renewed at two thirds of its life while the build runs, whether or not somebody asks', async () => {
    const { wish, bodies } = await certificateDouble({ lifeMs: 3_000 });
    const source = certificateSource(wish);
    const first = await source.get();
    const stop = source.keepFresh();
    await expect.poll(() => bodies.length).toBe(2);
    stop();
    await expect.poll(async () => (await source.get()).key).not.toBe(first.key);
  });
});
