import { rmSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { activityKey, clusterKey, leaseKey, statusKey } from '../../config-schema/keys.ts';
import { knownNames } from '../completion/names.ts';
import { confirm } from '../confirm.ts';
import { dispatch } from '../dispatch.ts';
import { describeFailure, Failure } from '../failure.ts';
import { type BucketDouble, openBucketDouble } from '../testing/bucket-double.ts';
import { chooseContext, type ProgramDouble, programDouble } from '../testing/program-double.ts';
import { condition, lease, pool, statusDouble } from '../testing/status-double.ts';
import { printable, printableLines, printableLog, printableText } from './printable.ts';

/** Sets the clipboard, clears the screen, paints, and begins a line of its own; the last is CSI as one character. */
const EVIL = 'a\u001b]52;c;ZXZpbA==\u0007\u001b[2J\u001b[31m\r\nFORGED\u009b2J\u007f';

describe('a text of somebody else', () => {
  it('is one line, with its controls as JSON writes them', () => {
    expect(printableText(EVIL)).toBe('a\\u001b]52;c;ZXZpbA==\\u0007\\u001b[2J\\u001b[31m FORGED\\u009b2J\\u007f');
    expect(printableText('Zoë’s 漢字 👍 build of //a:b')).toBe('Zoë’s 漢字 👍 build of //a:b');
  });

  it('is so in every field of a value, whose other parts stay', () => {
    expect(printable({ n: 1, none: null, list: ['a\u0007', true], 'b\u001b': { c: 'd\n' } })).toEqual({
      n: 1,
      none: null,
      list: ['a\\u0007', true],
      'b\\u001b': { c: 'd ' },
    });
  });

  it('keeps the lines of a file', () => {
    expect(printableLines('{\n\t"a": "\u001b[2J"\r\n}\n')).toBe('{\n        "a": "\\u001b[2J"\r\n}\n');
  });

  it('keeps the colours of a log, which end with it, and indents its later lines', () => {
    expect(printableLog('\u001b[1;31mred\u001b[2J\u001b]52;c;eA==\u0007')).toBe(
      '\u001b[1;31mred\\u001b[2J\\u001b]52;c;eA==\\u0007\u001b[0m',
    );
    expect(printableLog('one\n12:00:00 server/0 two\rthree')).toBe('one\n    12:00:00 server/0 two\n    three');
  });

  it('is harmless in a failure, and in a question', async () => {
    const { lines } = describeFailure(new Failure('conflict', EVIL, { next: EVIL, details: [EVIL] }));
    expect(lines.join('')).not.toMatch(/\p{Cc}/u);
    expect(lines).toHaveLength(3);
    expect(describeFailure(new Error(EVIL)).lines.join('')).not.toMatch(/\p{Cc}/u);
    let asked = '';
    const program = programDouble();
    program.terminal.ask = async (question) => {
      asked = question;
      return 'yes';
    };
    await confirm(program, false, EVIL, 'again');
    expect(asked).toContain('FORGED');
    expect(asked).not.toMatch(/\p{Cc}/u);
  });
});

describe('documents of others', () => {
  let bucket: BucketDouble;
  let program: ProgramDouble;
  beforeEach(async () => {
    bucket = await openBucketDouble();
    program = programDouble();
    await chooseContext(program, bucket.endpoint);
    const metadata = { name: 'main', writtenBy: EVIL, reason: EVIL };
    const platform = { OSFamily: EVIL };
    const spec = { pools: { default: { platform }, [EVIL]: {}, '$(reboot)': {} } };
    bucket.put(clusterKey('main'), JSON.stringify({ apiVersion: 'bbf/v1', kind: 'Cluster', metadata, spec }));
    bucket.put(clusterKey(EVIL.replaceAll('\u0007', '')), '{}');
    const problem = { pointer: EVIL, message: EVIL, fix: EVIL } as never;
    const claims = {
      apiVersion: 'bbf/v1',
      kind: 'Lease',
      id: 'evil',
      pools: { [EVIL]: { workers: 1 } },
      ttlSeconds: 60,
    };
    bucket.put(leaseKey('main', 'evil'), JSON.stringify({ ...claims, holder: EVIL, purpose: EVIL }));
    bucket.put(statusKey('main'), JSON.stringify(statusDouble()));
    const conditions = [
      condition('Ready', 'False', 'Starting', EVIL),
      condition('Stalled', 'True', 'Stuck', EVIL),
      condition('Reconciling', 'True', EVIL, EVIL),
    ];
    const leases = [{ ...lease('evil'), holder: EVIL, purpose: EVIL, pools: { [EVIL]: 1 } }];
    const pools = { default: pool(1, { because: EVIL }), [EVIL]: pool(1) };
    const change = { conditions, leases, pools, problems: [problem], endpoint: EVIL, version: EVIL };
    bucket.put(statusKey('main'), JSON.stringify(statusDouble(change)));
    const worker = {
      name: EVIL,
      pool: EVIL,
      slots: 1,
      running: 1,
      actions: 1,
      busyMs: 1,
      draining: false,
      drained: false,
    };
    const activity = { reportedAt: '2026-01-01T00:00:00.000Z', queued: 0, running: 1, workers: [worker], pools: {} };
    bucket.put(activityKey('main'), JSON.stringify({ apiVersion: 'bbf/v1', kind: 'Activity', ...activity }));
  });
  afterEach(async () => {
    rmSync(program.directory, { recursive: true, force: true });
    await bucket.close();
  });

  const commands = ['status', 'leases', 'history', 'events', 'top', 'pools', 'explain', 'get', 'diff @~0 @~0'];

  it.each(commands)('do nothing to the terminal on which bbf %s shows them', async (command) => {
    program.terminal.result.interactive = command === 'get';
    await dispatch(command.split(' '), program);
    const shown = program.stdout() + program.stderr();
    expect(shown.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
    // A paragraph breaks between any two words.
    if (command !== 'explain') expect(shown).not.toMatch(/^FORGED/m);
    if (!command.startsWith('diff')) expect(shown).toContain('FORGED');
  });

  it.each(['status', 'leases', 'history', 'events', 'top', 'pools', 'explain'])(
    'are whole in the JSON of bbf %s, which a terminal may show as well',
    async (command) => {
      await dispatch([command, '--json'], program);
      const shown = program.stdout();
      expect(shown.trimEnd()).not.toMatch(/\p{Cc}/u);
      expect(JSON.stringify(JSON.parse(shown))).toContain(JSON.stringify(EVIL).slice(1, -1));
    },
  );

  it('are what they are where nobody looks', async () => {
    await dispatch(['get'], program);
    expect(program.stdout()).toBe(bucket.objects.get(clusterKey('main'))?.text);
  });

  it('offer no shell a word that is more than a name', async () => {
    const names = knownNames(program);
    expect([await names.pools({}), await names.clusters({})]).toEqual([['default'], ['main']]);
  });
});
