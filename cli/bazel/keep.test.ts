import net from 'node:net';
import { beforeEach, describe, expect, it } from 'vitest';
import { clusterKey, statusKey } from '../../config-schema/keys.ts';
import { dispatch } from '../dispatch.ts';
import type { BucketDouble } from '../testing/bucket-double.ts';
import { bucketOfEachTest } from '../testing/bucket-of-each-test.ts';
import { testAuthority } from '../testing/certificates.ts';
import { keepCertificate } from '../testing/kept-certificate.ts';
import type { ProgramDouble } from '../testing/program-double.ts';
import { statusDouble } from '../testing/status-double.ts';

const current = bucketOfEachTest();
let bucket: BucketDouble;
let program: ProgramDouble;
beforeEach(async () => {
  ({ bucket, program } = current());
  const pools = { default: { platform: { OSFamily: 'linux' } } };
  bucket.put(clusterKey('main'), JSON.stringify({ metadata: { name: 'main' }, spec: { pools } }));
  bucket.put(statusKey('main'), JSON.stringify(statusDouble()));
  await keepCertificate(program);
});

const leases = () => [...bucket.objects.keys()].filter((key) => key.includes('/leases/'));

describe('bbf keep', () => {
  it('says what is kept and for how long, and that it is over once the lease has ended', async () => {
    expect(await dispatch(['keep', '--workers=3'], program)).toBe(0);
    expect(program.stdout()).toMatch(/^grpc:\/\/127\.0\.0\.1:\d+\n$/);
    expect(program.stderr()).toMatch(/^bbf: 3 workers of pool default are claimed for 2h; Ctrl-C ends it\. /);
    expect(program.stderr()).toMatch(/bbf: the port is closed, and the lease has ended\n$/);
    expect(leases()).toEqual([]);
  });

  it('says with --quiet where it is, and nothing else', async () => {
    expect(await dispatch(['keep', '--quiet'], program)).toBe(0);
    expect(program.stdout()).toMatch(/^grpc:\/\/127\.0\.0\.1:\d+\n$/);
    expect(program.stderr()).toBe('');
  });

  it('ends as it should where the lease can’t be removed, and says that it ends by itself', async () => {
    program.onSleep = () => void bucket.close();
    expect(await dispatch(['keep'], program)).toBe(0);
    expect(program.stderr()).toMatch(/ 1 worker of pool default is claimed for 2h/);
    expect(program.stderr()).toMatch(/the port is closed, and the lease ends by itself in a while: .+\n$/);
    expect(leases()).toHaveLength(1);
  });

  it('shows an address that somebody wrote, and lets no terminal obey it', async () => {
    bucket.put(statusKey('main'), JSON.stringify(statusDouble({ endpoint: 'farm\u001b[2J:1' })));
    const { now, sleep } = program;
    const authority = testAuthority();
    const identity = { ...authority.issue('client'), authorities: authority.pem };
    await keepCertificate(program, { now: now(), ...identity });
    program.sleep = async (...arguments_) => {
      const client = net.connect(Number(program.stdout().match(/\d+$/m)?.[0]), '127.0.0.1').on('error', () => {});
      await expect.poll(program.stderr).toContain("can't be reached");
      client.destroy();
      await sleep(...arguments_);
    };
    expect(await dispatch(['keep', '--for=1s'], program)).toBe(0);
    expect(program.stderr()).toContain('farm\\u001b[2J');
    expect(program.stderr()).not.toContain('\u001b');
  });

  it('ends at the time of the clock, also after the machine has slept', async () => {
    const { now, sleep } = program;
    let slept = 0;
    program.now = () => now() + slept;
    program.sleep = async (milliseconds, signal) => {
      // A timer stands still meanwhile, and would go on after it.
      expect(milliseconds).toBeLessThanOrEqual(60_000);
      slept = 8 * 3_600_000;
      await sleep(milliseconds, signal);
    };
    const before = now();
    expect(await dispatch(['keep'], program)).toBe(0);
    expect(now() - before).toBeLessThanOrEqual(60_000);
  });
});
