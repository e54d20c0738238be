/** A promise that is checked after each step of a scenario. */
import type { SimulatedWorld } from '../world/world.ts';
import type { Observation } from './observation.ts';

export interface CheckInput {
  readonly world: SimulatedWorld;
  readonly before: Observation;
  readonly now: Observation;
}

/** `check` returns one sentence for each way in which the promise is broken. */
export interface Check {
  readonly name: string;
  check(input: CheckInput): Promise<readonly string[]> | readonly string[];
}
