/** Finds and imports the handler of a function, as `FILE.EXPORT` names it. */
import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

export type Handler = (event: unknown, context: unknown) => unknown;

/** Why there is no handler; `type` is the error type that Lambda reports. */
export class HandlerError extends Error {
  readonly type: string;
  constructor(type: string, message: string) {
    super(message);
    this.type = type;
  }
}

/** @param root where the zip was unpacked */
export async function loadHandler(root: string, handler: string): Promise<Handler> {
  const match = /^([^.]+)\.(.+)$/.exec(basename(handler));
  if (!match)
    throw new HandlerError('Runtime.MalformedHandlerName', `Bad handler ${handler}: it has to be FILE.EXPORT`);
  const [, file = '', exported = ''] = match;
  const path = join(root, dirname(handler), file);
  const found = ['.js', '.mjs', '.cjs'].map((ending) => path + ending).find(existsSync);
  if (!found) throw new HandlerError('Runtime.ImportModuleError', `Error: Cannot find module '${file}'`);
  const run = exportOf(await imported(found), exported);
  if (typeof run !== 'function')
    throw new HandlerError('Runtime.HandlerNotFound', `${handler} is undefined or not exported`);
  if (run.length > 2)
    throw new HandlerError(
      'Runtime.CallbackHandlerDeprecated',
      `${handler} takes a callback, which nodejs24.x has done away with: make it an async function of event and context`,
    );
  return run as Handler;
}

async function imported(file: string): Promise<Record<string, unknown>> {
  try {
    return (await import(pathToFileURL(file).href)) as Record<string, unknown>;
  } catch (error) {
    if (error instanceof SyntaxError) throw new HandlerError('Runtime.UserCodeSyntaxError', String(error));
    if ((error as { code?: string }).code === 'ERR_MODULE_NOT_FOUND')
      throw new HandlerError('Runtime.ImportModuleError', String(error));
    throw error;
  }
}

/** A CommonJS module shows what it exports as members, or at least as its default. */
function exportOf(module: Record<string, unknown>, path: string): unknown {
  const reach = (from: unknown) =>
    path.split('.').reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], from);
  return reach(module) ?? reach(module.default);
}
