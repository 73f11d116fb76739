/** `npm run docs`: writes docs/cli.md anew. */
import { join } from 'node:path';
import { commands } from '../cli/commands/all.ts';
import { commandReference } from '../cli/reference/markdown.ts';
import { root } from './options.ts';
import { replaceFile } from './replace-file.ts';

await replaceFile(join(root, 'docs', 'cli.md'), commandReference(commands));
