/** The images that `bbf local up --tasks=docker` builds, by the code that builds them there, from `dist/`. */
import { join } from 'node:path';
import { buildFarmImages } from '../../cli/local/farm-images.ts';
import { programDouble } from '../../cli/testing/program-double.ts';
import { root } from '../programs.ts';

export async function buildImagesOfFarm(): Promise<void> {
  const program = programDouble();
  Object.assign(program.settings, { program: join(root, 'dist', 'bbf.cjs'), childEnvironment: process.env });
  await buildFarmImages(program);
}
