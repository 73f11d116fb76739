/** Exports: who gives which value under which name, and who holds on to it. */
import { invalid } from './errors.ts';
import { type CloudFormationState, livingStacks, type Output, type Stack } from './state.ts';

interface Export {
  name: string;
  value: string;
  stackId: string;
}

/** In order of name. */
export function allExports(state: CloudFormationState): Export[] {
  const found = livingStacks(state).flatMap((stack) =>
    stack.outputs.flatMap((output) =>
      output.exportName === undefined ? [] : [{ name: output.exportName, value: output.value, stackId: stack.id }],
    ),
  );
  return found.sort((a, b) => (a.name < b.name ? -1 : 1));
}

export function importValue(state: CloudFormationState, name: string): string {
  const found = allExports(state).find((candidate) => candidate.name === name);
  if (!found) throw invalid(`No export named ${name} found.`);
  return found.value;
}

/** Names of the stacks that import the export. */
export const importersOf = (state: CloudFormationState, name: string): string[] =>
  livingStacks(state)
    .filter((stack) => stack.imports.includes(name))
    .map((stack) => stack.name);

/** Throws when another stack exports one of the names already, or imports a value that would change or go. */
export function checkExports(state: CloudFormationState, stack: Stack, next: readonly Output[]): void {
  const exported = next.filter((output) => output.exportName !== undefined);
  for (const { exportName } of exported) {
    const rival = allExports(state).find((other) => other.name === exportName && other.stackId !== stack.id);
    if (rival) {
      const name = state.stacks[rival.stackId]?.name ?? rival.stackId;
      throw invalid(`Export with name ${exportName} is already exported by stack ${name}`);
    }
  }
  for (const old of stack.outputs) {
    if (old.exportName === undefined) continue;
    const importers = importersOf(state, old.exportName).filter((name) => name !== stack.name);
    if (importers.length === 0) continue;
    const kept = exported.find((output) => output.exportName === old.exportName);
    if (kept?.value === old.value) continue;
    throw invalid(
      `Export ${old.exportName} cannot be ${kept ? 'updated' : 'deleted'} as it is in use by ${importers.join(', ')}`,
    );
  }
}

/** The first export of the stack that another stack imports, with that stack's name. */
export function exportInUse(state: CloudFormationState, stack: Stack): { name: string; by: string } | undefined {
  for (const { exportName } of stack.outputs) {
    if (exportName === undefined) continue;
    const by = importersOf(state, exportName).filter((name) => name !== stack.name);
    if (by.length > 0) return { name: exportName, by: by.join(', ') };
  }
  return undefined;
}
