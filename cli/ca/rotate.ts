/** `bbf ca rotate`: has another certificate authority take over, without a gap and with nothing to restart. */
import { askReconciler } from '../access/reconciler-access.ts';
import type { Call, Program } from '../command.ts';
import { confirm } from '../confirm.ts';
import { openInstallation } from '../context/installation.ts';
import { fromNow } from '../output/elapsed.ts';
import { minute } from '../output/minute.ts';
import { readAuthorities } from './authorities.ts';

export async function rotate(call: Call, program: Program): Promise<number> {
  const { settings, terminal, now } = program;
  const installation = await openInstallation(program, call.text('context'));
  const place = { installation, cacheDirectory: settings.cacheDirectory };
  const authorities = await readAuthorities(place, now());
  const isUnderWay = authorities.some(({ state }) => state === 'waiting');
  // Whoever asks twice is told what is under way, and has nothing to decide.
  if (!isUnderWay) {
    const { installation: name } = installation.context;
    const what = `this gives installation ${name} another certificate authority, which signs once every peer has had a day to learn of it`;
    await confirm(program, call.has('yes'), what, call.line);
  }
  const { rotateAuthority } = await import('../../reconciler/access/authority-client.ts');
  const { begun, signsFrom, oldTrustedUntil } = await askReconciler(place, 'no change of authority', rotateAuthority);
  const at = (instant: string) => `${minute(instant)} (${fromNow(instant, now())})`;
  const lines = [
    // Without an answer it is asked again, and then says that it has nothing to begin any more.
    begun || !isUnderWay
      ? 'a new certificate authority is made'
      : 'a new certificate authority is on its way already; nothing was changed',
    `  it signs from         ${at(signsFrom)}`,
    `  the old one is gone   ${at(oldTrustedUntil)}`,
    '  nothing to restart: builds, servers and workers learn of it as they renew their certificates',
  ];
  terminal.result.write(`${lines.join('\n')}\n`);
  return 0;
}
