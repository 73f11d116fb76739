import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { makeAuthority } from '../reconciler/access/authority.ts';
import { issue } from '../reconciler/access/authority-signer.ts';
import { endpointsOf } from './endpoints.ts';

const NOW = Date.UTC(2026, 0, 5);
const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

describe('where a server is reached', () => {
  it.each([
    ['builds by its public address, workers by its own', ['10.111.0.9', '203.0.113.9'], '203.0.113.9:8980'],
    ['both by its own, where it has no other', ['10.111.0.9'], '10.111.0.9:8980'],
    ['both by its own, where the certificate does not name that', ['127.0.0.1'], '10.111.0.9:8980'],
  ])('%s', async (_rule, addresses, endpoint) => {
    const authority = await makeAuthority(NOW, NOW);
    const profile = {
      commonName: 'bbf server main',
      role: 'server' as const,
      cluster: 'main',
      arn: 'arn',
      addresses,
      notBefore: NOW,
      notAfter: NOW + 60_000,
    };
    const { certificate } = issue(authority, profile, publicKey);
    expect(endpointsOf(certificate, '10.111.0.9', 8980)).toEqual({ endpoint, privateEndpoint: '10.111.0.9:8980' });
  });
});
