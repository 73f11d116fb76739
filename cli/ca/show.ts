/** `bbf ca show`: the authorities that sign and verify certificates of an installation; never a key. */

import type { Call, Program } from '../command.ts';
import { openInstallation } from '../context/installation.ts';
import { listOf, wantsJson, writeJson } from '../output/json.ts';
import { minute } from '../output/minute.ts';
import { table } from '../output/table.ts';
import { type Authority, readAuthorities } from './authorities.ts';

const STATES: Record<Authority['state'], string> = {
  waiting: 'will sign',
  signing: 'signs',
  replaced: 'signs no more',
};

export async function showAuthorities(call: Call, program: Program): Promise<number> {
  const { settings, terminal, now } = program;
  const installation = await openInstallation(program, call.text('context'));
  const authorities = await readAuthorities({ installation, cacheDirectory: settings.cacheDirectory }, now());
  if (wantsJson(call)) {
    await writeJson(listOf('Authorities', authorities), call, program);
    return 0;
  }
  const heading = ['NAME', 'STATE', 'SIGNS FROM', 'TRUSTED UNTIL', 'ENDS'];
  const lines = table([heading, ...authorities.map(row)]);
  const fingerprints = authorities.map(({ name, fingerprint }) => `${name}\n  SHA-256 ${fingerprint}`);
  terminal.result.write(`${[...lines, '', ...fingerprints].join('\n')}\n`);
  return 0;
}

function row({ name, state, signsFrom, trustedUntil, notAfter }: Authority): string[] {
  return [
    name,
    STATES[state],
    minute(signsFrom),
    trustedUntil === null ? '(no successor)' : minute(trustedUntil),
    notAfter.slice(0, 10),
  ];
}
