/**
 * Runs files of bbf's own from what V8 made of them in an earlier run. Node's own compile cache keeps no function that is compiled when it
 * is first called, which nearly all are, and Node 20 has none (docs/decisions/0012-the-cli-starts-small.md).
 */
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Script } from 'node:vm';
import { readPrivateBytes, writePrivateBytes } from './access/private-file.ts';

type Load = (name: string) => unknown;
type Import = (name: string) => Promise<unknown>;

interface Module {
  exports: unknown;
}

/** What each file evaluates to (build/command-line.ts). */
type Run = (exports: unknown, require: Load, module: Module, filename: string, importModule: Import) => void;

/** Where compiled code is kept, and what tells the code that it was made of from any other: V8 itself compares no more than lengths. */
interface Kept {
  directory: string;
  /** In ASCII. */
  code: string;
}

/**
 * `require` for the files of one folder, of each other too, and for Node's own modules. No other file is required by them, but imported.
 * @param folder of the files, whose names end in `.cjs`
 */
export function requireKept(folder: string, kept: Kept): Load {
  const modules = new Map<string, Module>();
  const importModule: Import = (name) => import(name.startsWith('.') ? pathToFileURL(join(folder, name)).href : name);
  const load: Load = (name) => {
    if (!name.endsWith('.cjs')) return process.getBuiltinModule(name);
    const file = join(folder, basename(name));
    const known = modules.get(file);
    if (known !== undefined) return known.exports;
    const module: Module = { exports: {} };
    modules.set(file, module);
    const run = compile(file, kept).runInThisContext() as Run;
    run(module.exports, load, module, file, importModule);
    return module.exports;
  };
  return load;
}

function compile(file: string, { directory, code }: Kept): Script {
  const path = join(directory, basename(file));
  const bytes = readPrivateBytes(path);
  const cachedData = bytes?.toString('latin1', 0, code.length) === code ? bytes.subarray(code.length) : undefined;
  const script = new Script(readFileSync(file, 'utf8'), { filename: file, cachedData });
  if (cachedData === undefined || script.cachedDataRejected) keepAtExit(script, path, code);
  return script;
}

/** Then what has run is compiled. A run that failed has come only half the way. A directory that can't be written is no failure. */
function keepAtExit(script: Script, path: string, code: string): void {
  process.once('exit', (exitCode) => {
    if (exitCode !== 0) return;
    try {
      writePrivateBytes(path, Buffer.concat([Buffer.from(code), script.createCachedData()]));
    } catch {}
  });
}
