/** cfn-lint, AWS's own linter of templates, has nothing to say about ours. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ONE_CAPACITY, SPOT_WITH_BASE } from '../../templates/capacity.ts';
import { foundationTemplate } from '../../templates/foundation.ts';
import { poolTemplate } from '../../templates/pool.ts';
import { serverTemplate } from '../../templates/server.ts';
import { cleanEnvironment } from '../installation.ts';
import { NoPython, pythonWith } from '../python.ts';
import { CFN_LINT } from './versions.ts';

/** Making the virtual environment included. */
const START_LIMIT_MS = 300_000;
const LINT_LIMIT_MS = 120_000;
/** One old, one new: what only some regions have is found. */
const REGIONS = ['us-east-1', 'eu-west-3'];

/** Its script names the folder that it was installed into first, so Python is given the script's one line. */
const CFN_LINT_MAIN = 'import sys; from cfnlint.runner import main; sys.exit(main())';

/** Rules that are turned off, each with its reason. */
const IGNORED: Record<string, string> = {};

const templates = {
  foundation: foundationTemplate('bbf'),
  server: serverTemplate('bbf'),
  pool: poolTemplate('bbf', ONE_CAPACITY),
  'pool-with-base': poolTemplate('bbf', SPOT_WITH_BASE),
};

let python: string | undefined;
let directory: string;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'bbf-lint-'));
  python = await pythonWith(CFN_LINT, 'The templates are not linted').catch((error) => {
    if (!(error instanceof NoPython)) throw error;
    console.warn(error.message);
    return undefined;
  });
}, START_LIMIT_MS);
afterAll(() => rmSync(directory, { recursive: true, force: true }));

interface Finding {
  Filename: string;
  Rule: { Id: string };
  Message: string;
}

/** Of all templates in one run, as its start takes longer than the templates. */
async function findings(program: string, all: Record<string, object>): Promise<Record<string, string[]>> {
  const files = Object.entries(all).map(([name, template]) => {
    const file = join(directory, `${name}.json`);
    writeFileSync(file, JSON.stringify(template, null, 1));
    return file;
  });
  const ignored = Object.keys(IGNORED).flatMap((rule) => ['--ignore-checks', rule]);
  const args = ['-c', CFN_LINT_MAIN, '--format', 'json', '--include-checks', 'I', '--regions', ...REGIONS, ...ignored];
  const env = cleanEnvironment();
  const run = promisify(execFile)(program, [...args, '--template', ...files], { env, maxBuffer: 16 * 1024 * 1024 });
  // Findings are told by the exit code as well.
  const { stdout } = await run.catch((error: { stdout?: string }) => {
    if (error.stdout?.trimStart().startsWith('[')) return { stdout: error.stdout };
    throw error;
  });
  const found: Record<string, string[]> = {};
  for (const { Filename, Rule, Message } of JSON.parse(stdout || '[]') as Finding[]) {
    const name = basename(Filename, '.json');
    found[name] = [...(found[name] ?? []), `${Rule.Id} ${Message}`];
  }
  return found;
}

it('cfn-lint finds nothing in any template, and what is wrong beside them', { timeout: LINT_LIMIT_MS }, async ({
  skip,
}) => {
  if (python === undefined) return skip();
  const wrong = { Resources: { Group: { Type: 'AWS::Logs::LogGroup', Properties: { RetentionInDays: 2 } } } };
  expect(await findings(python, { ...templates, wrong })).toEqual({
    wrong: expect.arrayContaining([expect.stringMatching(/^E3030 2 is not one of/)]),
  });
});
