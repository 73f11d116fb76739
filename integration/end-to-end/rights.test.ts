/** Whoever has the rights that docs/operations.md gives to builders can really build: every call of a real build is within them. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectSuccess, type Installation, startInstallation } from '../installation.ts';
import { allows, type PolicyDocument } from '../permissions/evaluate.ts';
import { policiesOfPage } from '../permissions/page-policies.ts';
import { openRecordingProxy, type RecordingProxy } from '../permissions/recording-proxy.ts';
import { rightsOf } from '../permissions/rights-of-calls.ts';
import { npmBazel, root } from '../programs.ts';
import { helloCopy } from './workspace.ts';

const LONG_MS = 240_000;
const PLACE = { region: 'us-east-1', account: '000000000000', installation: 'bbf' };
const page = readFileSync(join(root, 'docs/operations.md'), 'utf8');
const policies = policiesOfPage(page, {
  ACCOUNT: PLACE.account,
  INSTALLATION: PLACE.installation,
  REGION: PLACE.region,
  BUCKET: 'bbf-000000000000-us-east-1',
});

let installation: Installation;
let proxy: RecordingProxy;
beforeAll(async () => {
  installation = await startInstallation();
  await expectSuccess(installation.bbf(['create', 'main']));
  proxy = await openRecordingProxy(`http://127.0.0.1:${installation.port}`);
  const path = join(installation.env.XDG_CONFIG_HOME ?? '', 'bbf', 'config.json');
  const config = JSON.parse(readFileSync(path, 'utf8')) as { contexts: { local: { endpoint: string } } };
  config.contexts.local.endpoint = proxy.endpoint;
  writeFileSync(path, JSON.stringify(config));
}, LONG_MS);
afterAll(async () => {
  await proxy?.close();
  await installation?.stop();
});

describe('a real build', () => {
  it(
    'asks for nothing that builders and pipelines may not do',
    async () => {
      await expectSuccess(installation.bbf(['login']));
      const workspace = helloCopy(installation, npmBazel());
      const { code, stderr } = await workspace.bbf(['build', '//:top_words']);
      expect(code, stderr).toBe(0);
      await workspace.shutdown();
      const rights = proxy.requests.flatMap((request) => rightsOf(request, PLACE));
      const asked = new Set(rights.map(({ action }) => action));
      for (const action of [
        's3:PutObject',
        's3:DeleteObject',
        'lambda:GetFunctionUrlConfig',
        'lambda:InvokeFunctionUrl',
      ])
        expect(asked).toContain(action);
      for (const name of ['Builders', 'Continuous integration']) {
        const policy = policies[name] as PolicyDocument;
        const refused = rights.filter((right) => !allows(policy, right));
        expect(refused.map(({ action, resource }) => `${name}: ${action} on ${resource}`)).toEqual([]);
      }
    },
    LONG_MS,
  );
});
