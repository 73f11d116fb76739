/** Which AWS calls a pass makes, counted where they arrive. */
import { startWorld } from './world.ts';

interface Calls {
  converged: string[];
  /** Of the pass after an edit that asks for one more worker. */
  growing: string[];
}

export async function callsOfPasses(workers: number): Promise<Calls> {
  const world = await startWorld();
  const pool = { workersMax: 1000, memoryMiB: 8192 };
  await world.writeCluster({ pools: { default: { ...pool, workers } }, scaling: { idleAfter: '1d' } });
  for (let look = 0; look < 5; look++) {
    await world.invoke();
    await world.advance(60_000);
    await world.report(workers);
  }
  await world.invoke();
  const status = await world.status();
  const ready = status.conditions?.find((condition) => condition.type === 'Ready');
  if (ready?.reason !== 'Converged')
    throw new Error(`the world did not converge: ${JSON.stringify(status.conditions, null, 1)}`);
  const converged = await world.invoke();
  await world.writeCluster({ pools: { default: { ...pool, workers: workers + 1 } }, scaling: { idleAfter: '1d' } });
  const growing = await world.invoke();
  await world.stop();
  return { converged, growing };
}
