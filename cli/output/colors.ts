/** The few colours of bbf. The usual libraries ask, as they load, whether stdout is a terminal, which takes longer than many a command. */
import { inspect } from 'node:util';

const NAMES = ['bold', 'dim', 'red', 'green', 'yellow', 'cyan'] as const;

export type Colors = Record<(typeof NAMES)[number], (text: string) => string>;

export function createColors(enabled: boolean): Colors {
  return Object.fromEntries(NAMES.map((name) => [name, enabled ? painter(name) : String])) as Colors;
}

function painter(name: string): (text: string) => string {
  const [on, off] = inspect.colors[name] ?? [0, 0];
  return (text) => `\u001b[${on}m${text}\u001b[${off}m`;
}
