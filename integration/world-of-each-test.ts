/** A world of virtual time for each test of a file, all of them beginning with a copy of one set-up. */
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { openWorlds, type Script, type WorldOnPort } from './world-on-port.ts';

/** Registers the hooks of the file or group that calls it. @returns how to get at the world of the test that runs */
export function worldOfEachTest(script: Script = { authorities: '' }): () => WorldOnPort {
  let worlds: Awaited<ReturnType<typeof openWorlds>>;
  let world: WorldOnPort;
  beforeAll(async () => {
    worlds = await openWorlds();
  });
  afterAll(() => worlds.close());
  beforeEach(async () => {
    world = await worlds.fresh(script);
  });
  afterEach(() => world.end());
  return () => world;
}
