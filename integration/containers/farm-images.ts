/** The images that `bbf local up --tasks=docker` builds, by the code that builds them there, from `dist/`. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { buildFarmImages } from '../../cli/local/farm-images.ts';
import { programDouble } from '../../cli/testing/program-double.ts';
import { root } from '../programs.ts';

/** Why they could not be built, or nothing. */
export async function buildImagesOfFarm(): Promise<string> {
  const program = programDouble();
  Object.assign(program.settings, { program: join(root, 'dist', 'bbf.cjs'), childEnvironment: process.env });
  try {
    await buildFarmImages(program);
    return '';
  } catch (error) {
    return `the images of the farm: ${(error as Error).message}\n${program.stderr()}`;
  } finally {
    rmSync(program.directory, { recursive: true, force: true });
  }
}
