/** `bbf get`: a cluster's document as it was written. */

import type { Call, Program } from '../command.ts';
import { namedCluster, readCluster } from '../context/cluster.ts';
import type { Installation } from '../context/installation.ts';
import { openCluster } from '../context/open-cluster.ts';
import { Failure } from '../failure.ts';
import { printableLines } from '../output/printable.ts';
import type { Format } from './document-text.ts';
import { findRevision, readRevision, revisionsOf } from './revisions.ts';

export async function get(call: Call, program: Program): Promise<number> {
  const format = formatFlag(call, 'json');
  const { installation, cluster } = await openCluster(call, program, namedCluster(call));
  const text = await textOf(installation, cluster, call.text('revision'));
  const shown = format === 'yaml' ? await inYaml(cluster, text) : text;
  const { result } = program.terminal;
  result.write(result.interactive ? printableLines(shown) : shown);
  return 0;
}

/** @throws Failure (usage) */
export function formatFlag(call: Call, fallback: Format): Format {
  const text = call.text('output') ?? fallback;
  if (text === 'json' || text === 'yaml') return text;
  throw new Failure('usage', `--output=${text} is no format`, { next: '--output=json or --output=yaml' });
}

async function textOf(installation: Installation, cluster: string, named: string | undefined): Promise<string> {
  if (named === undefined) return (await readCluster(installation, cluster)).text;
  const version = findRevision(await revisionsOf(installation, cluster), cluster, named);
  return (await readRevision(installation, cluster, version)).text;
}

async function inYaml(cluster: string, text: string): Promise<string> {
  const { yamlOf } = await import('./document-text.ts');
  try {
    return yamlOf(text);
  } catch (error) {
    throw new Failure('invalidDocument', `the document of ${cluster} is not JSON: ${(error as Error).message}`, {
      next: `bbf get --cluster=${cluster} -o json`,
    });
  }
}
