import { X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { AuthorityStore } from './authority.ts';
import { authoritySigner } from './authority-signer.ts';
import { LIVES } from './lives.ts';

const HOUR = 3_600_000;
const MINUTE = 60_000;
const START = Date.UTC(2026, 0, 1);
const { certificateMs, clockSkewMs } = LIVES;
const nameOf = (pem: string) => new X509Certificate(pem).subject;

/** What one who asked at that hour holds: who signed for them, and whom they trust. */
interface Holding {
  at: number;
  issuer: string;
  trusted: string[];
}

function memoryStore(): AuthorityStore {
  let stored: string | undefined;
  return {
    read: async () => (stored === undefined ? null : { text: stored, etag: stored }),
    write: async (text, etag) => {
      if (etag !== (stored ?? null)) return null;
      stored = text;
      return text;
    },
  };
}

/** What everyone holds who asks at one of the instants; authorities change at those of `changes`. */
async function holdings(instants: readonly number[], changes: ReadonlySet<number>): Promise<Holding[]> {
  let now = START;
  const signer = authoritySigner(memoryStore(), () => now, LIVES);
  const found: Holding[] = [];
  for (now of instants) {
    if (changes.has(now)) await signer.rotate();
    const trusted = await signer.authorities();
    const signing = trusted.findLast(({ signsFrom }) => Date.parse(signsFrom) <= now);
    found.push({
      at: now,
      issuer: nameOf(signing?.certificate ?? ''),
      trusted: trusted.map((one) => nameOf(one.certificate)),
    });
  }
  return found;
}

describe('changes of authority, one as soon after the other as can be', () => {
  const takesOver = certificateMs + clockSkewMs;
  const changes = new Set([START + 5 * HOUR, START + 6 * HOUR, START + 5 * HOUR + takesOver, START + 100 * HOUR]);
  const edges = [...changes].flatMap((at) => [0, takesOver, 2 * takesOver].flatMap((ms) => [at + ms - 1, at + ms]));
  const hours = Array.from({ length: 180 }, (_, hour) => START + hour * HOUR + 7 * MINUTE);
  const instants = [...new Set([...hours, ...edges, ...changes])].filter((at) => at >= START).sort((a, b) => a - b);

  it('leave no two peers whose certificates are both good, and one of whom distrusts the other', async () => {
    const all = await holdings(instants, changes);
    const distrust = all.flatMap((one) =>
      all
        .filter((other) => Math.abs(other.at - one.at) <= takesOver && !one.trusted.includes(other.issuer))
        .map((other) => [new Date(one.at).toISOString(), new Date(other.at).toISOString()]),
    );
    expect(distrust).toEqual([]);
    // The second call found the first under way, so four calls made three authorities.
    expect(new Set(all.map(({ issuer }) => issuer)).size).toBe(4);
    expect(all.at(-1)?.trusted).toHaveLength(1);
  });
});

it('a change of authority during which another one is made fails, and leaves what the other has made', async () => {
  const store = memoryStore();
  const other = authoritySigner(store, () => START, LIVES);
  await other.authorities();
  let made: unknown;
  const overtaken = {
    ...store,
    read: async () => {
      const answer = await store.read();
      made ??= (await other.rotate()) && (await other.authorities());
      return answer;
    },
  };
  await expect(authoritySigner(overtaken, () => START, LIVES).rotate()).rejects.toThrow('ask again');
  expect(await other.authorities()).toEqual(made);
});
