/** Checks of the way to AWS: the context, something that answers, a clock that agrees, credentials that are somebody's. */
import { howToReach, serviceUrl } from '../aws/access.ts';
import { openInstallation } from '../context/installation.ts';
import { elapsed } from '../output/elapsed.ts';
import { callerIdentity } from '../setup/identity.ts';
import { type Check, fact, failed, ok, warning } from './check.ts';

/** AWS refuses a signature that is further off than this (Signature Version 4, "Troubleshooting"). */
const SIGNATURE_SKEW_MS = 5 * 60_000;
/** Nothing breaks yet, but leases, certificates and plans are judged by clocks. */
const NOTABLE_SKEW_MS = 30_000;
const ANSWER_TIMEOUT_MS = 10_000;

export const contextCheck: Check = {
  id: 'context',
  title: 'an installation is chosen',
  why: 'every command needs to know which installation it talks to',
  needs: [],
  async run({ program, context: named, facts }) {
    const installation = await openInstallation(program, named);
    facts.installation = installation;
    const { contextName, context } = installation;
    return ok(`${contextName}: installation ${context.installation} in ${context.region}, bucket ${context.bucket}`);
  },
};

export const endpointCheck: Check = {
  id: 'endpoint',
  title: 'AWS answers',
  why: 'without an answer nothing can be read or changed from here',
  needs: ['installation'],
  async run(examination) {
    const { access } = fact(examination, 'installation');
    const url = serviceUrl(access, 'sts');
    const { now } = examination.program;
    const asked = now();
    const date = await dateOf(url);
    if (typeof date !== 'number') return failed(`${url} does not answer: ${date.error}`, howToReach(access));
    const answered = now();
    // The header has whole seconds: their middle is the best guess.
    examination.facts.skewMs = date + 500 - (asked + answered) / 2;
    return ok(`${url} answers`);
  },
};

/** An unsigned request: what AWS answers to it does not matter, only when. */
async function dateOf(url: string): Promise<number | { error: string }> {
  try {
    const answer = await fetch(`${url}/`, { signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS), redirect: 'manual' });
    await answer.arrayBuffer();
    const date = Date.parse(answer.headers.get('date') ?? '');
    return Number.isNaN(date) ? { error: 'its answer has no date' } : date;
  } catch (error) {
    const { cause, message } = error as Error & { cause?: { code?: string; message?: string } };
    return { error: cause?.code ?? cause?.message ?? message };
  }
}

export const clockCheck: Check = {
  id: 'clock',
  title: 'the clocks agree',
  why: 'AWS refuses requests whose time is five minutes off, and certificates begin and end by the clock',
  needs: ['skewMs'],
  async run(examination) {
    const skew = fact(examination, 'skewMs');
    const off = `this machine is ${elapsed(Math.abs(skew))} ${skew > 0 ? 'behind' : 'ahead'}`;
    const next = 'set the clock, e.g. timedatectl set-ntp true';
    if (Math.abs(skew) >= SIGNATURE_SKEW_MS) return failed(off, next);
    if (Math.abs(skew) >= NOTABLE_SKEW_MS) return warning(off, next);
    return ok(Math.abs(skew) < 2_000 ? 'no difference that can be seen' : off);
  },
};

export const credentialsCheck: Check = {
  id: 'credentials',
  title: 'the credentials are somebody’s',
  why: 'AWS answers only to those it knows',
  needs: ['installation', 'skewMs'],
  async run(examination) {
    const { access } = fact(examination, 'installation');
    const identity = await callerIdentity(access);
    examination.facts.identity = identity;
    return ok(identity.arn);
  },
};
