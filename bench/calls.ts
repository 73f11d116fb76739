/** AWS calls of a converged and of a growing pass, whatever the number of workers. */
import { callsOfPasses } from '../integration/calls.ts';

export async function benchCalls(): Promise<void> {
  process.stdout.write('\nAWS calls of one pass\n');
  for (const workers of [1, 500]) {
    const { converged, growing } = await callsOfPasses(workers);
    process.stdout.write(
      `  ${String(workers).padStart(3)} workers   converged ${converged.length}: ${converged.join(', ')}\n`,
    );
    process.stdout.write(`                growing ${growing.length}: ${growing.join(', ')}\n`);
  }
}
