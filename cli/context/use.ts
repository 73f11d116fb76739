/** `bbf use` and `bbf contexts`: which installation commands talk to. */
import type { Call, Program } from '../command.ts';
import { Failure } from '../failure.ts';
import { objectOf, wantsJson, writeJson } from '../output/json.ts';
import { table } from '../output/table.ts';
import { findContext } from './choices.ts';
import { readConfig, writeConfig } from './config.ts';

export async function use(call: Call, program: Program): Promise<number> {
  const config = await readConfig(program.settings);
  const [name] = call.arguments;
  if (name !== undefined) {
    findContext(config.contexts, name);
    await writeConfig(program.settings, { ...config, current: name });
  }
  const current = name ?? config.current;
  if (current === undefined)
    throw new Failure('configuration', 'no context is chosen', { next: 'bbf local up, bbf setup, or bbf use CONTEXT' });
  program.terminal.result.write(`${current}\n`);
  return 0;
}

export async function contexts(call: Call, program: Program): Promise<number> {
  const config = await readConfig(program.settings);
  const { result } = program.terminal;
  if (wantsJson(call)) {
    const { current = null, contexts: known } = config;
    await writeJson(objectOf('Contexts', { current, contexts: known }), call, program);
    return 0;
  }
  const rows = Object.entries(config.contexts).map(([name, context]) => [
    name === config.current ? '*' : ' ',
    name,
    context.endpoint ?? 'AWS',
    context.region,
    context.bucket,
    context.installation,
  ]);
  const lines = rows.length === 0 ? [] : table([[' ', 'NAME', 'WHERE', 'REGION', 'BUCKET', 'INSTALLATION'], ...rows]);
  for (const line of lines) result.write(`${line}\n`);
  if (rows.length === 0) program.terminal.notes.write('no contexts yet; try: bbf local up\n');
  return 0;
}
