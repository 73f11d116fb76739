import { describe, expect, it } from 'vitest';
import type { CertificateRole } from './caller.ts';
import { identify, urisOf, whyNotServerOf } from './certificate-names.ts';

/** As Node shows them. */
const names = (role: CertificateRole, cluster: string) =>
  [...urisOf({ role, cluster, arn: 'arn:aws:iam::1:user/me' }).map((uri) => `URI:${uri}`), 'IP Address:127.0.0.1'].join(
    ', ',
  );

describe('identities', () => {
  it('are read from the URI names', () => {
    const identity = { role: 'client', cluster: 'main', arn: 'arn:aws:iam::1:user/me' };
    expect(identify(names('client', 'main'), 'main')).toEqual(identity);
  });
  it.each([
    ['another cluster', names('client', 'other')],
    ['two clusters', `${names('client', 'other')}, URI:urn:bbf:cluster:main`],
    ['an unknown role', names('admin' as CertificateRole, 'main')],
    ['two roles', `${names('client', 'main')}, URI:urn:bbf:role:worker`],
    ['a name that holds others', `DNS:"x, ${names('client', 'main')}"`],
    ['no names', undefined],
  ])('are none with %s', (_what, text) => {
    expect(identify(text, 'main')).toBeTypeOf('string');
  });
});

describe('the server of a cluster', () => {
  it('is who has its role and its cluster', () => {
    expect(whyNotServerOf('main', names('server', 'main'))).toBeUndefined();
  });
  it.each([
    ['the server of another', names('server', 'other'), 'role server in cluster other, expected role server in'],
    ['a worker of its own', names('worker', 'main'), 'role worker in cluster main, expected'],
    ['a server of two', `${names('server', 'other')}, URI:urn:bbf:cluster:main`, 'cluster other and main, expected'],
    ['a server and worker', `${names('server', 'main')}, URI:urn:bbf:role:worker`, 'role server and worker in'],
    ['nobody', undefined, 'role (none) in cluster (none), expected'],
  ])('is not %s', (_who, text, why) => {
    expect(whyNotServerOf('main', text)).toContain(why);
  });
});
