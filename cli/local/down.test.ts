import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { readConfig, saveContext } from '../context/config.ts';
import { dispatch } from '../dispatch.ts';
import { exitCodes } from '../exit-codes.ts';
import { type ProgramDouble, programDouble } from '../testing/program-double.ts';

let program: ProgramDouble;
beforeEach(async () => {
  program = programDouble();
  for (const state of ['one', 'other']) {
    mkdirSync(inFolder(state));
    writeFileSync(join(inFolder(state), 'credentials'), '');
  }
  symlinkSync(program.directory, inFolder('alias'));
  await saveContext(program.settings, 'local', {
    region: 'us-east-1',
    bucket: 'b',
    installation: 'bbf',
    credentialsFile: join(inFolder('one'), 'credentials'),
  });
});

const inFolder = (name: string) => join(program.directory, name);
const down = (state: string) => dispatch(['local', 'down', `--state=${state}`, '--delete-data', '--yes'], program);
const contexts = async () => Object.keys((await readConfig(program.settings)).contexts);

it('a state that is deleted takes its context with it', async () => {
  expect(await down('one')).toBe(0);
  expect([existsSync(inFolder('one')), await contexts()]).toEqual([false, []]);
});

it('also one that is named by another path', async () => {
  expect(await down('alias/one')).toBe(0);
  expect([existsSync(inFolder('one')), await contexts()]).toEqual([false, []]);
});

it('the context of a local cloud with another state stays', async () => {
  expect(await down('other')).toBe(0);
  expect([existsSync(inFolder('other')), await contexts()]).toEqual([false, ['local']]);
  expect((await readConfig(program.settings)).current).toBe('local');
});

it('a folder that is no state stays', async () => {
  await expect(down('.')).rejects.toMatchObject({ exitCode: exitCodes.notFound });
  expect(await contexts()).toEqual(['local']);
});
