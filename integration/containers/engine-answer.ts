/** What the set-up of the container tests has found, once it is over: whoever imports this waits for it. */
import { existsSync, readFileSync } from 'node:fs';
import { inject } from 'vitest';
import { until } from '../installation.ts';
import type { EngineAnswer } from './engine.ts';

/** A base image that has to be made, and the farm's images on it, on a busy machine. */
const SET_UP_MS = 900_000;

const file = inject('engineAnswer');
await until('the set-up of the engine', () => existsSync(file) || undefined, SET_UP_MS);

export const { missingEngine, missingBuildfarm, notBuilt } = JSON.parse(readFileSync(file, 'utf8')) as EngineAnswer;

/** @throws where the farm's images could not be built */
export function expectImagesOfFarm(): void {
  if (notBuilt) throw new Error(notBuilt);
}
