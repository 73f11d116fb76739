/** `npm run bench -- cli|farm|gateway`: every figure of the README, measured in one run. */
import { cpus } from 'node:os';

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

const suites: Record<string, () => Promise<void>> = {
  cli: async () => (await import('./cli.ts')).benchCli(),
  farm: async () => (await import('./farm.ts')).benchFarm(),
  gateway: async () => (await import('./gateway.ts')).benchGateway(),
};

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !Object.hasOwn(suites, name));
if (unknown.length > 0 || asked.length === 0) {
  process.stderr.write(
    `bench: no suite ${unknown.join(', ') || 'named'}; try: npm run bench -- ${Object.keys(suites).join(' | ')}\n`,
  );
  process.exit(64);
}
process.stdout.write(`Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}\n`);
for (const name of asked) await suites[name]?.();
