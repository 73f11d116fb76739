/** Puts validators into a bundle as code: ajv itself and the time that it takes to compile the schemas stay at home. */
import { Ajv } from 'ajv';
import standalone from 'ajv/dist/standalone/index.js';
import type { Plugin } from 'esbuild';
import { ajvOptions, validatedSchemas } from '../config-schema/validators.ts';

export const compiledValidators: Plugin = {
  name: 'compiled-validators',
  setup({ onLoad }) {
    onLoad({ filter: /config-schema\/validators\.ts$/ }, () => ({
      contents: moduleOf(validatedSchemas),
      loader: 'js',
    }));
  },
};

/** A module with the same functions as config-schema/validators.ts. */
function moduleOf(schemas: Record<string, () => object>): string {
  const ajv = new Ajv({ ...ajvOptions, code: { source: true, esm: true } });
  const names = Object.keys(schemas);
  for (const name of names) ajv.addSchema(schemas[name]?.() ?? {}, name);
  const inner = (name: string) => `${name}Code`;
  const code = standalone.default(ajv, Object.fromEntries(names.map((name) => [inner(name), name])));
  return `${code}\n${names.map((name) => `export const ${name} = () => ${inner(name)};`).join('\n')}\n`;
}
