/** What a jq expression makes of JSON. */
interface JqModule {
  raw(json: string, expression: string, flags: string[]): Promise<string>;
}

/** jq-wasm 1.0.1 keeps some memory of every call, and aborts after some hundred: a module is replaced well before. */
const CALLS_MAX = 50;

let current: { module: Promise<JqModule>; calls: number } | undefined;

/** @returns a line for each answer, texts bare. @throws Error with jq's own words first */
export async function askJq(json: string, expression: string): Promise<string> {
  try {
    return await ask(json, expression);
  } catch (error) {
    if (!(error as Error).message.includes('Aborted(')) throw error;
    current = undefined;
    return ask(json, expression);
  }
}

async function ask(json: string, expression: string): Promise<string> {
  if (current === undefined || current.calls >= CALLS_MAX) current = { module: load(), calls: 0 };
  current.calls++;
  return (await current.module).raw(json, expression, ['-c', '-r']);
}

async function load(): Promise<JqModule> {
  const { default: jq } = await import('jq-wasm/dist/build/jq.js');
  return jq() as Promise<JqModule>;
}
