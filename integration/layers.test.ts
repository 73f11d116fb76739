/** The lint knows who may import whom, and what a pure core may not ask: one wrong line each, which it has to find, and right ones that it lets pass. */
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cleanEnvironment, run } from './installation.ts';
import { root } from './programs.ts';

/** File, and what it imports. */
const WRONG = [
  ['config-schema/a.ts', '../templates/names.ts'],
  ['templates/a.ts', '../reconciler/ports.ts'],
  ['reconciler/core/a.ts', '../observe.ts'],
  ['reconciler/core/a.ts', '../settings.ts'],
  ['reconciler/core/a.ts', '../aws/ports.ts'],
  ['reconciler/core/a.ts', 'node:fs'],
  ['reconciler/a.ts', '@aws-sdk/client-s3'],
  ['reconciler/a.ts', '../cli/failure.ts'],
  ['reconciler/aws/a.ts', '../../duties/bucket.ts'],
  ['duties/a.ts', '../reconciler/lambda.ts'],
  ['duties/a.ts', '../reconciler/core/decide.ts'],
  ['duties/a.ts', '../reconciler/aws/ports.ts'],
  ['duties/a.ts', '../templates/names.ts'],
  ['images/agent/a.ts', '../../reconciler/core/decide.ts'],
  ['images/agent/a.ts', '../../reconciler/lambda.ts'],
  ['images/agent/a.ts', '../../local/farm/server-main.ts'],
  ['local/cloud/a.ts', '../../templates/names.ts'],
  ['local/cloud/ecs/a.ts', '../../../reconciler/core/decide.ts'],
  ['local/cloud/a.ts', '../farm/server-main.ts'],
  ['local/cloud/a.ts', '../../duties/bucket.ts'],
  ['local/farm/a.ts', '../../reconciler/core/decide.ts'],
  ['local/farm/a.ts', '../cloud/main.ts'],
  ['local/farm/worker/a.ts', '../../../templates/names.ts'],
  ['cli/a.ts', '../images/agent/main.ts'],
  ['cli/images/a.ts', '../../images/agent/main.ts'],
  ['cli/a.ts', '../local/cloud/main.ts'],
  ['cli/a.ts', '../duties/bucket.ts'],
] as const;

const RIGHT = [
  ['reconciler/core/a.ts', './decide.ts'],
  ['reconciler/core/a.ts', '../../templates/names.ts'],
  ['reconciler/a.ts', './core/decide.ts'],
  ['reconciler/aws/a.ts', '@aws-sdk/client-s3'],
  ['duties/a.ts', '../reconciler/access/certificate-client.ts'],
  ['duties/a.ts', '../reconciler/aws/signed-request.ts'],
  ['images/agent/a.ts', '../../templates/farm-ports.ts'],
  ['images/agent/a.ts', '../../reconciler/aws/signed-request.ts'],
  ['local/cloud/a.ts', '../../config-schema/fargate-sizes.ts'],
  ['local/farm/a.ts', '../../duties/bucket.ts'],
  ['cli/commands/a.ts', '../images/release.ts'],
  ['cli/a.ts', '../reconciler/core/decide.ts'],
  ['cli/a.ts', './local/up.ts'],
] as const;

const IMPURE = [
  'Date.now()',
  'new Date()',
  'Math.random()',
  'process.env',
  'globalThis.process',
  "fetch('')",
  'console.log()',
];
const PURE = ['Date.parse("")', 'new Date(0)', 'Math.max(0)'];

const folder = mkdtempSync(join(tmpdir(), 'bbf-layers-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A file of its own for each line, beside where it would lie, so that one run looks at all of them. */
const files = new Map<string, string>();
function file(path: string, text: string): string {
  const own = path.replace('a.ts', `a${files.size}.ts`);
  files.set(own, text);
  return own;
}
const importing = ([path, module]: readonly [string, string]) => [
  `${path} → ${module}`,
  file(path, `import { a } from '${module}';\nexport const b = a;\n`),
];
const asking = (expression: string) => [
  `reconciler/core: ${expression}`,
  file('reconciler/core/a.ts', `export const b = () => ${expression};\n`),
];
/** Two files that import each other: which of them is read first decides what the other one finds. Not in the CLI, which imports commands when they run. */
const CYCLE = [
  ['reconciler/core/one.ts', './other.ts'],
  ['reconciler/core/other.ts', './one.ts'],
] as const;
const circling = ([path, module]: readonly [string, string]) => {
  files.set(path, `import { b } from '${module}';\nexport const a = () => b;\nexport { a as b };\n`);
  return [`${path} ⇄ ${module}`, path];
};
const wrong = [...WRONG.map(importing), ...IMPURE.map(asking), ...CYCLE.map(circling)];
const right = [...RIGHT.map(importing), ...PURE.map(asking)];

let faulty: Set<string>;
beforeAll(async () => {
  for (const own of ['biome.json', 'build/no-clock.grit']) cpSync(join(root, own), join(folder, own));
  for (const [path, text] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const biome = join(root, 'node_modules', '.bin', 'biome');
  const { stdout } = await run(
    biome,
    ['lint', '--vcs-enabled=false', '--reporter=json', '--max-diagnostics=none', '.'],
    {
      cwd: folder,
      env: cleanEnvironment(),
    },
  );
  const { diagnostics } = JSON.parse(stdout) as { diagnostics: { location: { path: string } }[] };
  faulty = new Set(diagnostics.map(({ location }) => location.path));
});

describe('the lint', () => {
  it.each(wrong)('refuses %s', (_what, own) => expect(faulty).toContain(own));
  it.each(right)('lets pass %s', (_what, own) => expect(faulty).not.toContain(own));
});
